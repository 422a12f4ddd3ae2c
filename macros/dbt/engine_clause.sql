{% macro engine_clause() -%}
    {#-
        dbt-clickhouse's engine clause. If the profile names a cluster, the engine becomes a replicated one. Our
        tables are much smaller than their sources, so every node of every shard holds a whole copy. A
        Replicated database chooses the path itself and refuses one in the clause.
    -#}
    {%- set engine = config.get("engine", default="MergeTree()") -%}
    {%- if target.cluster and not engine.startswith("Replicated") -%}
        {%- set replica_path = "'/clickhouse/tables/{uuid}/all', '{shard}-{replica}'" -%}
        {%- if "replicated" in (target.database_engine or "") | lower -%}
            {%- set replica_path = "" -%}
        {%- endif -%}
        {%- set name, _, arguments = engine.partition("(") -%}
        {%- set arguments = [replica_path, arguments.rstrip(") ")] | select | join(", ") -%}
        {%- set engine = "Replicated" ~ name ~ "(" ~ arguments ~ ")" -%}
    {%- endif -%}
    engine = {{ engine }}
{%- endmacro %}
