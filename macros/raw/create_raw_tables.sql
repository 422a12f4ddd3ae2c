{% macro create_raw_tables(kinds=["ci", "load"]) %}
    {#-
        The tables that `signals load` fills, made where they are missing: `ci` in ci_database, `load` (traces and
        rejected rows) in load_database. An existing database is left alone, so no right to create one is needed.
    -#}
    {% set statements = [] %}
    {% if "ci" in kinds %}
        {% do create_raw_database(var("ci_database")) %} {% do statements.extend(raw_ci_tables()) %}
    {% endif %}
    {% if "load" in kinds %}
        {% do create_raw_database(var("load_database")) %}
        {% do statements.extend(raw_load_tables() + raw_trace_tables()) %}
    {% endif %}
    {% for statement in statements %} {% do run_query(statement) %} {% endfor %}
{% endmacro %}
