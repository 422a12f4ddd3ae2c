{% macro sql_string_array(values) -%}
    {#- An Array(String) literal, which keeps its type when it is empty. -#}
    cast(
        [
            {% for value in values %}{{ sql_string(value) }}{% if not loop.last %}, {% endif %} {% endfor %}
        ] as Array(String)
    )
{%- endmacro %}
