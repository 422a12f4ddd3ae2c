-- one row per loaded trace, traces with failures first
{{ config(order_by="trace_number") }}

with
    traces as (select * from {{ ref("stg_compile__traces") }}),

    compilations as (
        select
            trace,
            count() as compilations,
            sum(failures) as failures,
            sum(restarts) as restarts,
            round(ifNull(sum(fct_compilations.total_ms), 0) + ifNull(sum(backward_ms), 0), 3) as all_ms
        from {{ ref("fct_compilations") }}
        group by trace
    ),

    rejected as (select trace, count() as rejected_lines from {{ ref("fct_rejected_lines") }} group by trace)

select
    traces.trace as trace,
    row_number() over (
        order by compilations.failures > 0 desc, compilations.failures desc, traces.trace
    ) as trace_number,
    traces.files as files,
    traces.trace_loaded_at as loaded_at,
    compilations.compilations as compilations,
    compilations.failures as failures,
    compilations.restarts as restarts,
    compilations.all_ms as total_ms,
    rejected.rejected_lines as rejected_lines
from traces
left join compilations on traces.trace = compilations.trace
left join rejected on traces.trace = rejected.trace
