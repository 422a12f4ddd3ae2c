-- one row per signal: its state now, its latest break, how often it failed and how flaky it is
-- a table: six models read it
{{ config(order_by="signal_number") }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    counts as (select * from {{ ref("int_signal_counts") }}),

    breaks as (select * from {{ ref("int_signal_breaks") }}),

    commits as (select commit_rank, head_sha, committed_at from {{ ref("dim_commits") }}),

    bounds as (select as_of from {{ ref("int_window") }}),

    states as (select state, state_order from {{ ref("signal_states") }}),

    joined as (
        select *
        from signals
        inner join states using (state)
        inner join counts using (signal_id)
        left join breaks using (signal_id)
    ),

    -- no commit has rank 0
    dated as (
        select
            joined.*,
            first_failing.head_sha as first_failing_sha,
            first_failing.committed_at as broke_at,
            last_good.head_sha as last_good_sha,
            fixed.head_sha as fixed_sha,
            if(
                first_failing_rank = 0,
                0,
                dateDiff(
                    'minute',
                    first_failing.committed_at,
                    if(is_open, assumeNotNull((select as_of from bounds)), fixed.committed_at)
                )
            ) as broken_minutes
        from joined
        left join commits as first_failing on joined.first_failing_rank = first_failing.commit_rank
        left join commits as last_good on joined.last_good_rank = last_good.commit_rank
        left join commits as fixed on joined.fixed_rank = fixed.commit_rank
    ),

    ordered as (
        select
            *,
            -- the orders that pages offer; signal_number breaks ties, so that neighbours stay together
            row_number() over (order by workflow_name, job_base_name, signal_number) as group_order,
            row_number() over (
                order by first_failing_rank = 0, first_failing_rank, signal_number
            ) as recently_broken_order,
            row_number() over (
                order by is_failing desc, broken_minutes desc, signal_number
            ) as longest_broken_order,
            row_number() over (
                order by is_flaky desc, flake_rate_low desc, lone_failures desc, signal_number
            ) as flakiest_order,
            -- the state that needs action first; the flakiest on top, in other states the last to break
            row_number() over (
                order by
                    state_order,
                    if(
                        state = 'flaky',
                        tuple(- flake_rate_low, - toFloat64(lone_failures)),
                        tuple(toFloat64(first_failing_rank = 0), toFloat64(first_failing_rank))
                    ),
                    signal_number
            ) as list_order
        from dated
    )

-- null where there is no break, no good commit or no fix
select
    signal_id,
    signal_number,
    source,
    workflow_name,
    job_base_name,
    signal_key,
    state,
    is_failing,
    is_unseen,
    is_flaky,
    is_seen_once,
    is_recovered,
    toBool(is_pending) as is_pending,
    current_outcome,
    streak_commits,
    streak_since_rank,
    newest_verdict_rank,
    silent_commits,
    silent_minutes,
    nullIf(ordered.first_failing_rank, 0) as first_failing_rank,
    nullIf(ordered.first_failing_sha, '') as first_failing_sha,
    if(ordered.first_failing_rank = 0, null, ordered.broke_at) as broke_at,
    nullIf(ordered.last_good_rank, 0) as last_good_rank,
    nullIf(ordered.last_good_sha, '') as last_good_sha,
    nullIf(ordered.candidate_commits, 0) as candidate_commits,
    nullIf(ordered.fixed_rank, 0) as fixed_rank,
    nullIf(ordered.fixed_sha, '') as fixed_sha,
    if(ordered.first_failing_rank = 0, null, ordered.broken_minutes) as broken_minutes,
    failing_commits,
    flaky_commits,
    passing_commits,
    verdict_commits,
    lone_failures,
    flake_rate,
    flake_rate_low,
    flake_rate_high,
    failures,
    successes,
    pendings,
    group_order,
    recently_broken_order,
    longest_broken_order,
    flakiest_order,
    list_order
from ordered
