{% macro clickhouse__persist_docs(relation, model, for_relation, for_columns) -%}
    {#-
        dbt-clickhouse's comments on a relation and its columns, without its look-up of the columns: one statement of
        3 ms a relation. Every column is described (tests/python/site/test_documentation.py).
    -#}
    {% set comments = [] %}
    {% if for_relation and config.persist_relation_docs() and model.description %}
        {% do comments.append("modify comment " ~ sql_string(model.description | trim)) %}
    {% endif %}
    {% if for_columns and config.persist_column_docs() %}
        {% for column in model.columns.values() if column.description %}
            {% set named = adapter.quote(column.name) ~ " " ~ sql_string(column.description | trim) %}
            {% do comments.append("comment column if exists " ~ named) %}
        {% endfor %}
    {% endif %}
    {% if comments %}
        {% do run_query(
            "alter table " ~ relation ~ " " ~ on_cluster_clause(relation) ~ comments | join(", ")
        ) %}
    {% endif %}
{%- endmacro %}
