{% macro is_used_record_kind(kind) -%}
    {#- Whether models read this kind of record. Other records (graphs, events) stay in trace_lines. -#}
    (
        {{ kind }} in ('str', 'dynamo_start', 'symbolic_shape_specialization', 'guard_added_fast')
        or {{ is_metrics_kind(kind) }}
    )
{%- endmacro %}
