{% macro sql_string(value) -%}
    {#- A ClickHouse string literal: there backslash is an escape character, so it is escaped like the quote. -#}
    {% set escaped = (value | string) | replace("\\", "\\\\") | replace("'", "\\'") %}
    {{ return("'" ~ escaped ~ "'") }}
{%- endmacro %}
