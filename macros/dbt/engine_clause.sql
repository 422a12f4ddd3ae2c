{% macro engine_clause() -%}
    {#-
        dbt-clickhouse's clause, with the engine made a replicated one where the profile names a cluster. Our
        tables are small beside their sources, so every node of every shard is a replica and holds them whole.
        In a Replicated database the server chooses the path itself and refuses one.
    -#}
    {%- set engine = config.get("engine", default="MergeTree()") -%}
    {%- if target.cluster and not engine.startswith("Replicated") -%}
        {%- set place = "'/clickhouse/tables/{uuid}/all', '{shard}-{replica}'" -%}
        {%- if "replicated" in (target.database_engine or "") | lower -%} {%- set place = "" -%} {%- endif -%}
        {%- set name, _, arguments = engine.partition("(") -%}
        {%- set arguments = [place, arguments.rstrip(") ")] | select | join(", ") -%}
        {%- set engine = "Replicated" ~ name ~ "(" ~ arguments ~ ")" -%}
    {%- endif -%}
    engine = {{ engine }}
{%- endmacro %}
