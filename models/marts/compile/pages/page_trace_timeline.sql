-- one row per metrics record: what the picture of a trace draws of it
{{ config(materialized="view") }}

with
    records as (select * from {{ ref("fct_record_times") }}),

    functions as (
        select trace, function_number, function, function_file, function_line
        from {{ ref("rpt_function_times") }}
    )

select
    records.trace as trace,
    records.record_number as record_number,
    records.page as page,
    records.display_name as display_name,
    functions.function_number as function_number,
    ifNull(toString(records.rank), '') as rank,
    ifNull(toString(records.thread), '') as thread,
    records.is_failure as is_failure,
    records.restarts as restarts,
    records.start_ms as start_ms,
    records.offset_ms as offset_ms,
    records.total_ms as total_ms,
    records.phase_ms as phase_ms
from records
inner join
    functions
    on records.trace = functions.trace
    and records.function = functions.function
    and records.function_file = functions.function_file
    and records.function_line = functions.function_line
