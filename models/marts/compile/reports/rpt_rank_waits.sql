-- one row per compile id that several ranks compiled: the slowest rank, and how long the others would wait
-- for it
{{ config(materialized="view") }}

with
    steps as (select * from {{ ref("rpt_rank_steps") }} where compile_ms > 0),

    spreads as (
        select
            trace,
            compile_id,
            occurrence,
            any(steps.display_name) as display_name,
            any(steps.function) as function,
            count() as ranks,
            argMax(steps.rank, steps.compile_ms) as slowest_rank,
            argMax(steps.page, steps.compile_ms) as slowest_page,
            round(max(steps.compile_ms), 3) as slowest_ms,
            round(min(steps.compile_ms), 3) as fastest_ms,
            -- ranks that need each other's results all wait for the slowest one
            round(count() * max(steps.compile_ms) - sum(steps.compile_ms), 3) as wait_ms
        from steps
        group by trace, compile_id, occurrence
        having ranks > 1
    )

select
    trace,
    row_number() over (partition by trace order by wait_ms desc, compile_id, occurrence) as wait_number,
    compile_id,
    occurrence,
    display_name,
    function,
    ranks,
    slowest_rank,
    slowest_page,
    slowest_ms,
    fastest_ms,
    wait_ms
from spreads
