{% macro sql_string(value) -%}
    {#- A ClickHouse string literal. Backslash is an escape character there, so both it and the quote are escaped. -#}
    '{{ (value | string).replace("\\", "\\\\").replace("'", "\\'") }}'
{%- endmacro %}
