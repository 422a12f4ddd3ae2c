{% macro create_raw_tables() %}
    {#- The tables that `signals load` fills. Run by the loader when they are missing. -#}
    {% for database in [var("ci_database"), var("load_database")] | unique %}
        {% do run_query("create database if not exists " ~ adapter.quote(database)) %}
    {% endfor %}
    {% for statement in raw_ci_tables() + raw_load_tables() + raw_trace_tables() %}
        {% do run_query(statement) %}
    {% endfor %}
{% endmacro %}
