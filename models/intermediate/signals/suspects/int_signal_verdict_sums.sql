-- one row per (signal, commit) with a verdict: its failures and successes, summed up from the newest commit
-- a table: int_signal_change_points reads it four times
{{ config(materialized="table", order_by="(signal_id, commit_rank)") }}

with
    signal_commits as (select * from {{ ref("int_signal_commits") }}),

    verdicts as (select * from signal_commits where failures + successes > 0)

select
    signal_id,
    commit_rank,
    failures,
    successes,
    sum(failures) over up_to_here as failures_so_far,
    sum(successes) over up_to_here as successes_so_far,
    sum(failures) over whole_signal as all_failures,
    sum(successes) over whole_signal as all_successes,
    -- the next commit with a verdict on either side; 0 when there is none
    lagInFrame(commit_rank) over whole_signal as newer_rank,
    lagInFrame(successes) over whole_signal as newer_successes,
    leadInFrame(commit_rank) over whole_signal as older_rank
from verdicts
window
    up_to_here as (
        partition by signal_id order by commit_rank rows between unbounded preceding and current row
    ),
    whole_signal as (
        partition by signal_id order by commit_rank rows between unbounded preceding and unbounded following
    )
