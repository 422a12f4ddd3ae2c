{% macro create_raw_tables(kinds=["ci", "load"]) %}
    {#-
        Creates the missing tables among those that `signals load` fills: `ci` in ci_database, `load` (traces and
        rejected rows) in load_database. It leaves an existing database alone, so the user needs no right to create one.
    -#}
    {% set statements = [] %}
    {% if "ci" in kinds %}
        {% do create_raw_database(var("ci_database")) %} {% do statements.extend(raw_ci_tables()) %}
    {% endif %}
    {% if "load" in kinds %}
        {% do create_raw_database(var("load_database")) %}
        {% do statements.extend(raw_load_tables() + raw_junit_tables() + raw_trace_tables()) %}
    {% endif %}
    {% for statement in statements %} {% do run_query(statement) %} {% endfor %}
{% endmacro %}
