{% macro source_columns(table_var) -%}
    {#-
        The types of a CI source's columns by name, as this database has them; empty while dbt only parses. The texts
        of failures are read where a source has them: a table with the counts alone is a source, too.
    -#}
    {% set types = {} %}
    {% if run_query is defined and execute %}
        {% set elsewhere = var("test_run_database") if table_var == "test_run_table" else "" %}
        {% set database, table = elsewhere or var("ci_database"), var(table_var) %}
        {% set where = "database = " ~ sql_string(database) ~ " and table = " ~ sql_string(table) %}
        {% for row in run_query("select name, type from system.columns where " ~ where) %}
            {% do types.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {{ return(types) }}
{%- endmacro %}
