{% macro chdb__persist_docs(relation, model, for_relation, for_columns) -%}
    {#-
        The comments of clickhouse__persist_docs on the embedded engine, but for relations that are made with theirs and
        stores that are removed. It is here because dbt asks a project for its macros before it asks the adapter.
    -#}
    {% if not (is_throwaway() or has_comments_when_made()) %}
        {% do clickhouse__persist_docs(relation, model, for_relation, for_columns) %}
    {% endif %}
{%- endmacro %}
