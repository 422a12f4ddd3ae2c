{% macro prepare_sources() %}
    {#-
        Run before every build. The embedded engine gets the raw tables that it lacks. On a server nothing is made in
        the database of the CI rows: only what `signals load` fills, and that only in our own database.
    -#}
    {% if execute %}
        {% if target.type == "chdb" %} {% do create_raw_tables() %}
        {% else %}
            {% if var("load_database") == target.schema %} {% do create_raw_tables(["load"]) %}
            {% endif %}
            {% do check_sources() %}
        {% endif %}
    {% endif %}
{% endmacro %}
