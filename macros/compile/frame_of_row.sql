{% macro frame_of_row() -%}
    {#- A lambda: the frame as marts keep it, without the number that it was sorted by. -#}
    row -> cast(
        tuple(tupleElement(row, 2), tupleElement(row, 3), tupleElement(row, 4), tupleElement(row, 5)),
        'Tuple(line Nullable(Int64), name String, file String, code String)'
    )
{%- endmacro %}
