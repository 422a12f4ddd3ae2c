-- one row per (trace, name of a span of torch's own): how often, and the time that no inner span has
{{ config(order_by="(trace, span_number)") }}

with
    spans as (select * from {{ ref("int_torch_spans") }}),

    names as (
        select
            trace,
            span_name,
            count() as span_count,
            round(sum(spans.span_ms), 3) as all_ms,
            round(sum(spans.own_ms), 3) as all_own_ms,
            round(max(spans.span_ms), 3) as longest_ms,
            argMax(spans.compile_id, spans.span_ms) as longest_compile_id
        from spans
        group by trace, span_name
    )

select
    trace,
    row_number() over (partition by trace order by all_own_ms desc, span_name) as span_number,
    span_name,
    span_count as spans,
    all_ms as total_ms,
    all_own_ms as own_ms,
    longest_ms,
    longest_compile_id
from names
