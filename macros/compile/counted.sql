{% macro counted(number, noun, several) -%}
    {#- A number with its noun, as words: `1 break`, `2 breaks`. -#}
    concat(toString({{ number }}), if({{ number }} = 1, ' {{ noun }}', ' {{ several }}'))
{%- endmacro %}
