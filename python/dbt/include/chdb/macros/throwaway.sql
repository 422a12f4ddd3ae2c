{% macro is_throwaway() %}
    {#- Whether the store is removed at the end of the command, as that of `signals report --once` is. -#}
    {{ return(target.name == "throwaway") }}
{% endmacro %}

{% macro chdb__get_assert_columns_equivalent(sql) %}
    {#- Tests compare the models with their contracts; a report need not, and saves a plan of every model. -#}
    {% if not is_throwaway() %} {{ return(clickhouse__get_assert_columns_equivalent(sql)) }} {% endif %}
{% endmacro %}

{% macro chdb__persist_docs(relation, model, for_relation, for_columns) %}
    {% if not is_throwaway() %} {% do clickhouse__persist_docs(relation, model, for_relation, for_columns) %} {% endif %}
{% endmacro %}
