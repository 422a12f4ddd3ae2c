{% macro trace_record_json() -%}
    {#- The JSON of a stored line: all of it, or what follows `V1121 17:35:01.547000 12933 path.py:303] ` in a log. -#}
    if(door = 'log', substring(line, position(line, '] {') + 2), line)
{%- endmacro %}
