{% macro sql_string(value) -%}
    {#- A ClickHouse string literal. Backslash is an escape character there, so it is escaped like the quote. -#}
    {% set escaped = (value | string) | replace("\\", "\\\\") | replace("'", "\\'") %}
    {{ return("'" ~ escaped ~ "'") }}
{%- endmacro %}
