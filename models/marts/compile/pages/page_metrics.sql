-- one row per metrics record: the head of its page, and where it stands among the others
{{ config(materialized="view") }}

with
    -- forward and backward are compared with their own kind
    compared as (
        select
            *,
            count(total_ms) over of_trace as trace_records,
            quantileExactInclusive(0.5)
            (total_ms) over of_trace as middle_of_trace,
            sum(total_ms) over of_trace as trace_ms,
            count(total_ms) over of_function as function_records,
            quantileExactInclusive(0.5)
            (total_ms) over of_function as middle_of_function,
            countIf(is_failure) over of_function as function_failures,
            countIf(cache_status = 'hit') over of_function as function_hits,
            countIf(cache_status = 'miss') over of_function as function_misses,
            row_number() over (
                partition by trace, kind, function_number order by record_number
            ) as function_record,
            row_number() over (
                partition by trace, kind order by total_ms desc nulls last, record_number
            ) as time_number
        from {{ ref("fct_record_times") }}
        window
            of_trace as (partition by trace, kind), of_function as (partition by trace, kind, function_number)
    )

select
    trace,
    page,
    directory,
    kind,
    total_ms,
    backend_ms,
    file,
    line_number,
    recompile_reason,
    started_at,
    start_ms,
    trace_records,
    round(middle_of_trace, 3) as trace_median_ms,
    time_number,
    if(trace_ms > 0, total_ms / trace_ms, null) as trace_share,
    function_records,
    function_record,
    round(middle_of_function, 3) as function_median_ms,
    toBool(is_failure and function_records > 1 and function_failures = 1) as is_only_failure,
    toBool(cache_status = 'miss' and function_misses = 1 and function_hits > 0) as is_only_miss
from compared
