-- one row per metrics record: what the picture of a trace draws of it
{{ config(materialized="view") }}

with records as (select * from {{ ref("fct_record_times") }})

select
    trace,
    record_number,
    page,
    display_name,
    function_number,
    ifNull(toString(records.rank), '') as rank,
    ifNull(toString(records.thread), '') as thread,
    is_failure,
    restarts,
    start_ms,
    offset_ms,
    spent_ms as total_ms,
    phase_ms
from records
