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
            countIf(status = 'unfinished') as unfinished,
            round(ifNull(sum(total_ms), 0) + ifNull(sum(backward_ms), 0), 3) as all_ms,
            min(started_at) as first_started_at
        from {{ ref("fct_compilations") }}
        group by trace
    ),

    rejected as (select trace, count() as rejected_lines from {{ ref("fct_rejected_lines") }} group by trace),

    -- several ranks or hosts may name several versions: the first in text order is shown
    versions as (
        select
            trace,
            mapFilter(
                (name, logged_version) -> logged_version != '',
                map(
                    'torch',
                    ifNull(min(pytorch_version), ''),
                    'python',
                    splitByChar(' ', ifNull(min(python_version), ''))[1],
                    'cuda',
                    ifNull(min(cuda_version), ''),
                    'triton',
                    ifNull(min(triton_version), '')
                )
            ) as versions
        from {{ ref("fct_compile_metrics") }}
        group by trace
    ),

    runs as (
        select
            traces.trace as trace,
            traces.trace_name as trace_name,
            traces.run as run,
            traces.files as files,
            traces.trace_loaded_at as loaded_at,
            -- loads of older versions have no time of their own
            coalesce(
                traces.run_started_at, compilations.first_started_at, traces.trace_loaded_at
            ) as run_started_at,
            mapSort(mapUpdate(versions.versions, traces.labels)) as labels,
            compilations.compilations as compilations,
            compilations.failures as failures,
            compilations.restarts as restarts,
            compilations.unfinished as unfinished,
            compilations.all_ms as total_ms
        from traces
        left join compilations on traces.trace = compilations.trace
        left join versions on traces.trace = versions.trace
    )

select
    runs.trace as trace,
    row_number() over (order by runs.failures > 0 desc, runs.failures desc, runs.trace) as trace_number,
    runs.files as files,
    runs.loaded_at as loaded_at,
    runs.compilations as compilations,
    runs.failures as failures,
    runs.restarts as restarts,
    runs.unfinished as unfinished,
    runs.total_ms as total_ms,
    rejected.rejected_lines as rejected_lines,
    runs.trace_name as trace_name,
    runs.run as run,
    runs.run_started_at as run_started_at,
    runs.labels as labels,
    -- a name cannot have this character, so the folder of a run is not the folder of a trace
    replaceOne(runs.trace, '/', '@') as folder,
    row_number() over run_order as run_number,
    count() over (partition by runs.trace_name) as runs,
    any(runs.trace) over (run_order rows between 1 following and 1 following) as previous_trace
from runs
left join rejected on runs.trace = rejected.trace
window
    run_order as (
        partition by runs.trace_name order by runs.run_started_at desc, runs.loaded_at desc, runs.trace desc
    )
