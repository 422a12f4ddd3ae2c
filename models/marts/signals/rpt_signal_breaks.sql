-- one row per signal that ever failed on a whole commit: its latest break, and what it lies between
{{ config(materialized="view") }}

with
    streaks as (select * from {{ ref("rpt_signal_streaks") }}),

    commits as (select * from {{ ref("dim_commits") }}),

    bounds as (select * from {{ ref("int_window") }}),

    breaks as (
        select * from streaks where streak_outcome = 'failing' order by streak_number limit 1 by signal_id
    ),

    -- the streak before a break ends with the last good commit, the one after starts with the fix
    placed as (
        select
            breaks.signal_id as signal_id,
            breaks.streak_number = 1 as is_open,
            breaks.commits as broken_commits,
            breaks.newest_rank as last_failing_rank,
            breaks.oldest_rank as first_failing_rank,
            before.newest_rank as last_good_rank,
            after.oldest_rank as fixed_rank
        from breaks
        left join
            streaks as before
            on breaks.signal_id = before.signal_id
            and breaks.streak_number + 1 = before.streak_number
        left join
            streaks as after
            on breaks.signal_id = after.signal_id
            and breaks.streak_number = after.streak_number + 1
    )

select
    placed.signal_id as signal_id,
    placed.is_open as is_open,
    placed.broken_commits as broken_commits,
    placed.last_failing_rank as last_failing_rank,
    placed.first_failing_rank as first_failing_rank,
    first_failing.head_sha as first_failing_sha,
    first_failing.committed_at as broke_at,
    placed.last_good_rank as last_good_rank,
    last_good.head_sha as last_good_sha,
    -- every commit after the last good one, up to the first failing one, can be the cause
    toUInt64(
        if(placed.last_good_rank = 0, 0, placed.last_good_rank - placed.first_failing_rank)
    ) as candidate_commits,
    placed.fixed_rank as fixed_rank,
    fixed.head_sha as fixed_sha,
    dateDiff(
        'minute', first_failing.committed_at, if(placed.is_open, bounds.as_of, fixed.committed_at)
    ) as broken_minutes
from placed
cross join bounds
inner join commits as first_failing on placed.first_failing_rank = first_failing.commit_rank
left join commits as last_good on placed.last_good_rank = last_good.commit_rank
left join commits as fixed on placed.fixed_rank = fixed.commit_rank
