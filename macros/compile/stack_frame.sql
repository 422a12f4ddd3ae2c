{% macro stack_frame(raw) -%}
    {#- A stack frame as torch logs it. `filename` is the number of an interned string or, rarely, a path. -#}
    JSONExtract(
        {{ raw }},
        'Tuple(line Nullable(Int64), name Nullable(String), filename Nullable(String), loc Nullable(String))'
    )
{%- endmacro %}
