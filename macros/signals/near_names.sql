{% macro near_names(column, relation, name) -%}
    {#- A scalar query: up to five values of a column, those most like `name` first, in one line. -#}
    (
        select
            if(
                empty(groupUniqArray(toString({{ column }})) as names),
                'none',
                arrayStringConcat(
                    arraySlice(
                        arraySort(
                            known -> tuple(
                                editDistance(
                                    substring(known, 1, 200), substring({{ sql_string(name) }}, 1, 200)
                                ),
                                known
                            ),
                            names
                        ),
                        1,
                        5
                    ),
                    ', '
                )
            )
        from {{ relation }}
    )
{%- endmacro %}
