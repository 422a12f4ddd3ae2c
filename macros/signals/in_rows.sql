{% macro in_rows() -%}
    {#-
        The operator of a semi-join on a source: `in`, or, on a cluster and where var distributed_sources says that
        the source tables are Distributed, `global in`: the set is worked out once and sent along, since a shard need
        not have our models. On one server that would cost a fifth more in int_test_runs (24 million test rows).
    -#}
    {%- set is_cluster = target is defined and target.cluster -%}
    {{ return("global in" if is_cluster or var("distributed_sources") else "in") }}
{%- endmacro %}
