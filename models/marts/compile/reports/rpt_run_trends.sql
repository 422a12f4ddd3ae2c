-- one row per (run, measure, function): its value, and how it stands to the runs before it
{{ config(materialized="view") }}

with
    runs as (select trace, trace_name, run, run_number, run_started_at, folder from {{ ref("dim_traces") }}),

    measures as (select * from {{ ref("fct_run_measures") }}),

    sequences as (
        select
            runs.*,
            measures.function_key as function_key,
            measures.file_key as file_key,
            measures.measure_number as measure_number,
            measures.measure as measure,
            measures.unit as unit,
            measures.measured as measured,
            groupArray(measures.measured) over (
                partition by runs.trace_name, measures.measure, measures.function_key, measures.file_key
                order by
                    runs.run_number desc rows between {{ var("trend_runs") | int }} preceding and 1 preceding
            ) as earlier_values,
            sum(if(measures.measure = 'function_ms', measures.measured, 0)) over (
                partition by runs.trace_name, measures.function_key, measures.file_key
            ) as function_ms
        from runs
        inner join measures on runs.trace = measures.trace
    ),

    spreads as (
        select
            *,
            dense_rank() over (
                partition by trace_name, measure order by function_ms desc, file_key, function_key
            ) as function_number,
            if(length(earlier_values) < 3, null, arrayReduce('median', earlier_values)) as earlier_median,
            if(
                length(earlier_values) < 3,
                null,
                arrayReduce(
                    'median',
                    arrayMap(earlier -> abs(earlier - arrayReduce('median', earlier_values)), earlier_values)
                )
            ) as earlier_mad
        from sequences
    )

select
    trace,
    trace_name,
    run,
    run_number,
    run_started_at,
    folder,
    measure_number,
    measure,
    unit,
    function_key,
    file_key,
    function_number,
    measured,
    arrayReverse(earlier_values) as earlier_values,
    round(earlier_median, 3) as earlier_median,
    round(earlier_mad, 3) as earlier_mad,
    multiIf(
        earlier_median is null,
        'unknown',
        abs(measured - earlier_median) <= {{ var("trend_mads") | float }} * earlier_mad
        or (unit = 'ms' and not {{ is_beyond("assumeNotNull(earlier_median)", "measured") }}),
        '',
        measured > earlier_median,
        'higher',
        'lower'
    ) as change
from spreads
