{% macro record_id() -%}
    {#- The key of a trace's record: a hash of where its line is. -#}
    lower(hex(sipHash128(trace, source_number, file, line_number)))
{%- endmacro %}
