{% macro record_id() -%}
    {#- The key of a record of a trace: its line. -#}
    lower(hex(sipHash128(trace, source_number, file, line_number)))
{%- endmacro %}
