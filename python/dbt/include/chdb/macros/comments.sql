{#-
    Comments on tables and views with contracts are part of the statement that makes them. The columns of others are not
    known before they are made: those get their comments from an ALTER, which takes 3 ms alone and 10 ms beside others.
-#}
{% macro has_comments_when_made() %}
    {{ return(config.get("contract").enforced and config.get("materialized") in ("table", "view")) }}
{% endmacro %}

{% macro relation_comment() %}
    {%- if config.persist_relation_docs() and model.description and not is_throwaway() -%}
        comment {{ clickhouse_escape_comment(model.description | trim) }}
    {%- endif -%}
{% endmacro %}

{% macro chdb__get_table_columns_and_constraints() %}
    {%- set definitions = [] -%}
    {%- set columns = model.columns.values() | list -%}
    {%- set is_commented = config.persist_column_docs() and not is_throwaway() -%}
    {%- for definition in adapter.render_raw_columns_constraints(raw_columns=model.columns) -%}
        {%- set description = columns[loop.index0].description | trim -%}
        {%- set comment = " comment " ~ clickhouse_escape_comment(description) if is_commented and description -%}
        {%- do definitions.append(definition ~ comment) -%}
    {%- endfor -%}
    {%- set constraints = adapter.render_raw_model_constraints(raw_constraints=model.constraints) -%}
    ({{ (definitions + constraints) | join(", ") }})
{% endmacro %}

{% macro chdb__create_view_as(relation, sql) %}
    {%- if config.get("contract").enforced -%}
        create or replace view {{ relation }}
        {{ get_assert_columns_equivalent(sql) }} {{ get_table_columns_and_constraints() }}
        as (
            {{ sql }}
            {{ adapter.get_model_query_settings(model) }}
        )
        {{ relation_comment() }}
    {%- else -%} {{ clickhouse__create_view_as(relation, sql) }}
    {%- endif -%}
{% endmacro %}
