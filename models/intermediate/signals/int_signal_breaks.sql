-- one row per signal with a commit that only failed: its latest break, the last good commit and the fix
with
    streaks as (select * from {{ ref("int_signal_streaks") }}),

    breaks as (
        select * from streaks where streak_outcome = 'failing' order by streak_number limit 1 by signal_id
    )

-- the streak before a break ends with the last good commit; the streak after it starts with the fix
select
    breaks.signal_id as signal_id,
    breaks.streak_number = 1 as is_open,
    breaks.commits as broken_commits,
    breaks.newest_rank as last_failing_rank,
    breaks.oldest_rank as first_failing_rank,
    before.newest_rank as last_good_rank,
    -- each commit after the last good one, up to the first failing one, can be the cause
    toUInt64(if(last_good_rank = 0, 0, last_good_rank - first_failing_rank)) as candidate_commits,
    after.oldest_rank as fixed_rank
from breaks
left join
    streaks as before
    on breaks.signal_id = before.signal_id
    and breaks.streak_number + 1 = before.streak_number
left join
    streaks as after on breaks.signal_id = after.signal_id and breaks.streak_number = after.streak_number + 1
