{% macro check_sources() %}
    {#-
        Stops the run and says what to do when a source of the selected models is missing, may not be read, or lacks
        a column that its staging model reads. The server shows a user only the columns that the user may select.
    -#}
    {% for source in selected_sources() %}
        {% set elsewhere = var("test_run_database") if source.name == "test_run_s3" else "" %}
        {% set database = elsewhere or source.schema %}
        {% set table = database ~ "." ~ source.identifier %}
        {% set found = [] %}
        {% set columns = "select name from system.columns where database = " ~ sql_string(database) %}
        {% for row in run_query(columns ~ " and table = " ~ sql_string(source.identifier)) %}
            {% do found.append(row[0]) %}
        {% endfor %}
        {% set missing = source.config.meta.columns | reject("in", found) | join(", ") %}
        {% set who = (
            "source "
            ~ source.source_name
            ~ "."
            ~ source.name
            ~ ": user "
            ~ target.user
            ~ " sees no "
        ) %}
        {% if not found %}
            {% set names = "variables " ~ source.config.meta.vars %}
            {% set todo = (
                "set the "
                ~ names
                ~ ", grant select on it, load rows first, or --select the other track"
            ) %}
            {% do exceptions.raise_compiler_error(who ~ "table " ~ table ~ "; " ~ todo) %}
        {% elif missing %}
            {% do exceptions.raise_compiler_error(
                who ~ "column " ~ missing ~ " in " ~ table ~ "; models read it"
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
