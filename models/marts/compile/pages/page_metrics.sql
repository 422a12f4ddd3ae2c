-- one row per metrics record: the head of its page, and where it stands among the others
{{ config(materialized="view") }}

with
    metrics as (select * from {{ ref("fct_compile_metrics") }}),

    times as (select * from {{ ref("fct_record_times") }}),

    cache_states as (select trace, directory, cache_status from {{ ref("fct_compilations") }}),

    records as (
        select
            metrics.trace as trace,
            metrics.page as page,
            metrics.directory as directory,
            metrics.kind as kind,
            metrics.total_ms as record_ms,
            metrics.backend_ms as backend_ms,
            metrics.file as file,
            metrics.line_number as line_number,
            metrics.recompile_reason as recompile_reason,
            metrics.cache_size as cache_size,
            metrics.guard_latency_us as guard_latency_us,
            times.record_number as record_number,
            times.is_failure as is_failure,
            times.started_at as started_at,
            times.start_ms as start_ms,
            tuple(times.function, times.function_file, times.function_line) as function_key,
            cache_states.cache_status = 'hit' as is_hit,
            cache_states.cache_status = 'miss' as is_miss
        from metrics
        inner join times on metrics.trace = times.trace and metrics.page = times.page
        inner join
            cache_states on metrics.trace = cache_states.trace and metrics.directory = cache_states.directory
    ),

    -- forward and backward are compared with their own kind
    compared as (
        select
            *,
            count(record_ms) over of_trace as trace_records,
            quantileExactInclusive(0.5)
            (record_ms) over of_trace as trace_median_ms,
            sum(record_ms) over of_trace as trace_ms,
            count(record_ms) over of_function as function_records,
            quantileExactInclusive(0.5)
            (record_ms) over of_function as function_median_ms,
            countIf(is_failure) over of_function as function_failures,
            countIf(is_hit) over of_function as function_hits,
            countIf(is_miss) over of_function as function_misses,
            row_number() over (
                partition by trace, kind, function_key order by record_number
            ) as function_record,
            row_number() over (
                partition by trace, kind order by record_ms desc nulls last, record_number
            ) as time_number
        from records
        window of_trace as (partition by trace, kind), of_function as (partition by trace, kind, function_key)
    )

select
    trace,
    page,
    directory,
    kind,
    record_ms as total_ms,
    backend_ms,
    file,
    line_number,
    recompile_reason,
    cache_size,
    guard_latency_us,
    started_at,
    start_ms,
    trace_records,
    round(trace_median_ms, 3) as trace_median_ms,
    time_number,
    if(trace_ms > 0, record_ms / trace_ms, null) as trace_share,
    function_records,
    function_record,
    round(function_median_ms, 3) as function_median_ms,
    toBool(is_failure and function_records > 1 and function_failures = 1) as is_only_failure,
    toBool(is_miss and function_misses = 1 and function_hits > 0) as is_only_miss
from compared
