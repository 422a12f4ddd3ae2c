-- one row per metrics record of any kind
{{ config(order_by="(trace, source_number, position)") }}

with metrics as (select * from {{ ref("int_compile_metrics") }})

select
    trace,
    source_number,
    position,
    file,
    line_number,
    kind,
    rank,
    compile_id,
    compile_base,
    display_name,
    attempt,
    occurrence,
    directory,
    concat(
        directory, '/', kind, if(record_number > 1, concat('_', toString(record_number)), ''), '.html'
    ) as page,
    round(
        coalesce(
            tupleElement(known, 'duration_us') / 1e3,
            tupleElement(known, 'entire_frame_compile_time_s') * 1e3,
            tupleElement(known, 'dynamo_cumulative_compile_time_us') / 1e3,
            tupleElement(known, 'backward_cumulative_compile_time_us') / 1e3
        ),
        3
    ) as total_ms,
    round(
        coalesce(
            tupleElement(known, 'backend_compile_time_s') * 1e3,
            tupleElement(known, 'aot_autograd_cumulative_compile_time_us') / 1e3,
            tupleElement(known, 'inductor_cumulative_compile_time_us') / 1e3
        ),
        3
    ) as backend_ms,
    cast(other_pairs as Map(String, String)) as other_metrics,
    {{ metric_columns("known") }}
from metrics
