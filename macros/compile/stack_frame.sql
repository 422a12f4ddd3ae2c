{% macro stack_frame(raw) -%}
    {#- A frame of a stack as torch logs it; `filename` is a number (an interned string) or, seldom, a path. -#}
    JSONExtract(
        {{ raw }},
        'Tuple(line Nullable(Int64), name Nullable(String), filename Nullable(String), loc Nullable(String))'
    )
{%- endmacro %}
