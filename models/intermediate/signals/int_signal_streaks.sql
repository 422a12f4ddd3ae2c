-- one row per (signal, streak): commits in a row with the same outcome; streak 1 is the newest
-- a table: 0.1 s over 221 thousand events, and two models read it
{{ config(materialized="table", order_by="(signal_id, streak_number)") }}

with
    signal_commits as (select * from {{ ref("int_signal_commits") }}),

    -- commits without a verdict neither end a streak nor count
    verdicts as (select signal_id, commit_rank, outcome from signal_commits where outcome != 'pending'),

    marked as (
        select
            *,
            outcome != lagInFrame(outcome) over (
                partition by signal_id order by commit_rank rows between unbounded preceding and current row
            ) as is_change
        from verdicts
    ),

    numbered as (
        select *, sum(is_change) over (partition by signal_id order by commit_rank) as streak_number
        from marked
    )

select
    signal_id,
    streak_number,
    any(outcome) as streak_outcome,
    count() as commits,
    min(commit_rank) as newest_rank,
    max(commit_rank) as oldest_rank
from numbered
group by signal_id, streak_number
