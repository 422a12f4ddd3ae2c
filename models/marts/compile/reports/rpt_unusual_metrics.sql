-- one row per (metrics record, metric) far above the median of its function or of the trace (seed
-- unusual_metrics)
{{ config(materialized="view") }}

with
    metrics as (select * from {{ ref("fct_compile_metrics") }}),

    times as (select * from {{ ref("fct_record_times") }}),

    rules as (select * from {{ ref("unusual_metrics") }}),

    metric_values as (
        select
            metrics.trace as trace,
            metrics.page as page,
            metrics.kind as kind,
            times.function_number as function_number,
            tupleElement(entry, 1) as metric_key,
            tupleElement(entry, 2) as value
        from metrics
        inner join times on metrics.trace = times.trace and metrics.page = times.page
        array join
            [
                tuple('total_ms', metrics.total_ms),
                tuple('guard_count', toFloat64(metrics.guard_count)),
                tuple('graph_op_count', toFloat64(metrics.graph_op_count)),
                tuple('guard_latency_us', toFloat64(metrics.guard_latency_us)),
                tuple('gc_time_us', toFloat64(metrics.gc_time_us))
            ] as entry
        where value is not null
    ),

    -- forward and backward are compared with their own kind
    compared as (
        select
            *,
            count() over of_trace as trace_values,
            quantileExactInclusive(0.5)
            (value) over of_trace as trace_median,
            count() over of_function as function_values,
            quantileExactInclusive(0.5)
            (value) over of_function as function_median
        from metric_values
        window
            of_trace as (partition by trace, kind, metric_key),
            of_function as (partition by trace, kind, metric_key, function_number)
    ),

    -- a median needs three values
    judged as (
        select
            compared.*,
            rules.unit as unit,
            rules.rule_number as rule_number,
            function_values >= 3
            and value >= rules.least_ratio * function_median
            and value - function_median >= rules.least_difference as is_unusual_of_function,
            trace_values >= 3
            and value >= rules.least_ratio * trace_median
            and value - trace_median >= rules.least_difference as is_unusual_of_trace
        from compared
        inner join rules on compared.metric_key = rules.metric_key
    )

select
    trace,
    page,
    rule_number,
    metric_key,
    unit,
    assumeNotNull(value) as value,
    if(is_unusual_of_function, 'function', 'trace') as compared_with,
    if(is_unusual_of_function, function_values, trace_values) as compared_values,
    assumeNotNull(if(is_unusual_of_function, function_median, trace_median)) as median,
    if(median > 0, value / median, null) as ratio
from judged
where is_unusual_of_function or is_unusual_of_trace
