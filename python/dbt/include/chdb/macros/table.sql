{% materialization table, adapter='chdb' %}
    {#-
        A table in one statement: the engine fills a new one, exchanges it for the old one and drops that. dbt-clickhouse
        takes six statements, and reads back the columns that it has just written.
    -#}
    {%- set target_relation = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main") -%}
        {{ chdb__create_or_replace_table(target_relation, sql) }}
    {%- endcall %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}

{% macro chdb__create_or_replace_table(relation, sql) %}
    {%- set columns = [] -%}
    {%- if config.get("contract").enforced -%}
        {%- for name in model.columns -%} {%- do columns.append(adapter.quote(name)) -%} {%- endfor -%}
    {%- endif -%}
    create or replace table {{ relation }}
    {% if columns -%} {{ get_assert_columns_equivalent(sql) }} {{ get_table_columns_and_constraints() }} {%- endif %}
    {{ engine_clause() }} {{ order_cols(label="order by") }} {{ primary_key_clause(label="primary key") }}
    {{ partition_cols(label="partition by") }} {{ ttl_config(label="ttl") }}
    {{ adapter.get_model_settings(model, config.get("engine", default="MergeTree")) }}
    {% if columns -%} {{ relation_comment() }} {%- endif %}
    as
    select {{ columns | join(", ") or "*" }}
    from (
        {{ sql }}
    )
    {{ adapter.get_model_query_settings(model) }}
{% endmacro %}
