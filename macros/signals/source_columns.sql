{% macro source_columns(table_var) -%}
    {#-
        The types of a CI source's columns by name, as this database has them; empty while dbt only parses. The texts
        of failures are read where a source has them: a table with the counts alone is a source, too.
    -#}
    {% set types = {} %}
    {% if run_query is defined and execute %}
        {% set database, table = sql_string(var("ci_database")), sql_string(var(table_var)) %}
        {% set where = "database = " ~ database ~ " and table = " ~ table %}
        {% for row in run_query("select name, type from system.columns where " ~ where) %}
            {% do types.update({row[0]: row[1]}) %}
        {% endfor %}
    {% endif %}
    {{ return(types) }}
{%- endmacro %}
