{% macro drop_unfinished_tables() %}
    {#-
        Drops the tables that `create or replace table` was filling when a build was killed. The engine names them.
    -#}
    {% set of_ours = "database = " ~ sql_string(target.schema) ~ " and startsWith(name, '_tmp_replace_')" %}
    {% for row in run_query("select name from system.tables where " ~ of_ours) %}
        {% do run_query("drop table " ~ adapter.quote(target.schema) ~ "." ~ adapter.quote(row[0])) %}
    {% endfor %}
{% endmacro %}
