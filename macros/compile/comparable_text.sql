{% macro comparable_text(text) -%}
    {#- A reason without what differs from run to run: addresses of objects, and numbers of lines. -#}
    replaceRegexpAll({{ text }}, '0x[0-9a-fA-F]+|line [0-9]+|_at_[0-9]+|:[0-9]+', '')
{%- endmacro %}
