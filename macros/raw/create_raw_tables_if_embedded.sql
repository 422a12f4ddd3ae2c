{% macro create_raw_tables_if_embedded() %}
    {% if execute and target.type == "chdb" %} {% do create_raw_tables() %} {% endif %}
{% endmacro %}
