-- one row per metrics record of any kind
{{ config(materialized="view") }}

with metrics as (select * from {{ ref("int_compile_metrics") }})

select
    trace,
    source_number,
    position,
    file,
    line_number,
    kind,
    rank,
    thread,
    compile_id,
    compile_base,
    display_name,
    attempt,
    occurrence,
    directory,
    page,
    total_ms,
    backend_ms,
    cast(other_pairs as Map(String, String)) as other_metrics,
    {{ metric_columns("known") }}
from metrics
