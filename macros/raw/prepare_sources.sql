{% macro prepare_sources() %}
    {#-
        Runs before every build. On the embedded engine it creates missing raw tables and drops what a killed build left. On a server it creates nothing
        beside the CI rows; it only creates the tables of traces and rejected rows, if they are in our own database.
    -#}
    {% if execute %}
        {% if target.type == "chdb" %} {% do create_raw_tables() %} {% do drop_unfinished_tables() %}
        {% else %}
            {% if var("load_database") == target.schema %} {% do create_raw_tables(["load"]) %}
            {% endif %}
            {% do check_sources() %}
        {% endif %}
        {% do check_window() %}
        {% if window_var("is_selection") %} {% do check_parents() %} {% endif %}
    {% endif %}
{% endmacro %}
