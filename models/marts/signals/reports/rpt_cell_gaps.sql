-- one row per (signal, commit) with an attempt that gave no event: the reason of the last such attempt
{{ config(materialized="view") }}

with gaps as (select * from {{ ref("fct_signal_gaps") }})

select
    signal_id, commit_rank, argMax(gaps.reason, tuple(ifNull(wf_run_id, 0), ifNull(run_attempt, 0))) as reason
from gaps
group by signal_id, commit_rank
