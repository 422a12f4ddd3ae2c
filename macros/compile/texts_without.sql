{% macro texts_without(texts, others) -%}
    {#- The elements of the array `texts` that are in `others` in no form, however their addresses and lines differ. -#}
    arrayFilter(
        text -> not has(
            arrayMap(other -> {{ comparable_text("other") }}, {{ others }}), {{ comparable_text("text") }}
        ),
        {{ texts }}
    )
{%- endmacro %}
