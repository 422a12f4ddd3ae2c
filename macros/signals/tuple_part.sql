{% macro tuple_part(columns, column, member, missing) -%}
    {#-
        A member of a tuple, or of the first tuple of an array, in a column of a source; `missing` where the source
        lacks it. `columns`: from source_columns.
    -#}
    {%- set type = columns[column] if columns and column in columns else "" -%}
    {%- if ("(" ~ member ~ " ") not in type and (" " ~ member ~ " ") not in type -%} {{ missing }}
    {%- elif type.startswith("Array(") -%}
        if(notEmpty({{ column }}), tupleElement({{ column }}, {{ sql_string(member) }})[1], {{ missing }})
    {%- else -%} tupleElement({{ column }}, {{ sql_string(member) }})
    {%- endif -%}
{%- endmacro %}
