-- one row per rank of a trace: its compile time by phase, the slowest first
{{ config(materialized="view") }}

with
    ranks as (
        select trace, rank, count() as records, sum(spent_ms) as rank_ms, sumForEach(phase_ms) as phase_times
        from {{ ref("fct_record_times") }}
        group by trace, rank
    )

select
    trace,
    row_number() over (partition by trace order by rank_ms desc, rank) as rank_number,
    rank,
    records,
    round(rank_ms, 3) as total_ms,
    {{ phase_parts("phase_times", "rank_ms") }} as phases
from ranks
