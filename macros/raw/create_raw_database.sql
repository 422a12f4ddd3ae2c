{% macro create_raw_database(name) %}
    {% set found = run_query("select count() from system.databases where name = " ~ sql_string(name)) %}
    {% if found[0][0] == 0 %}
        {% do run_query("create database if not exists " ~ adapter.quote(name)) %}
    {% endif %}
{% endmacro %}
