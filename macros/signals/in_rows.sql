{% macro in_rows() -%}
    {#-
        The operator of a semi-join on a source. It is `in` or, on a cluster or with var distributed_sources,
        `global in`, which computes the set once and sends it to the shards, since a shard may lack our models.
        On one server `global in` costs a fifth more time in int_test_runs (24 million test rows).
    -#}
    {%- set is_cluster = target is defined and target.cluster -%}
    {{ return("global in" if is_cluster or var("distributed_sources") else "in") }}
{%- endmacro %}
