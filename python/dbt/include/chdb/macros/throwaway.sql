{% macro is_throwaway() %}
    {#- Whether the store is removed at the end of the command, as that of `signals report --once` is. -#}
    {{ return(target.name == "throwaway") }}
{% endmacro %}

{% macro chdb__get_assert_columns_equivalent(sql) %}
    {#-
        The comparison of a model with its contract plans the model once more. Tests make it, so a report need not, and
        `signals build` need not (SIGNALS_CONTRACTS=hold) where the last one made it and neither the project nor a
        column in the store has changed since.
    -#}
    {% if not (is_throwaway() or env_var("SIGNALS_CONTRACTS", "check") == "hold") %}
        {{ return(clickhouse__get_assert_columns_equivalent(sql)) }}
    {% endif %}
{% endmacro %}
