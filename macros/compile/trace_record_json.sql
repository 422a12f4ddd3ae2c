{% macro trace_record_json() -%}
    {#- The JSON of a stored line: the whole line or, in a log, what follows `V1121 17:35:01.547000 12933 path.py:303] `. -#}
    if(door = 'log', substring(line, position(line, '] {') + 2), line)
{%- endmacro %}
