{% macro pull_request(title) -%}
    {#- Number of the pull request that a squashed commit names at the end of its title, `Fuse it (#171)`; 0 without one. -#}
    toUInt64OrZero(extract({{ title }}, '\\(#(\\d{1,12})\\)\\s*$'))
{%- endmacro %}
