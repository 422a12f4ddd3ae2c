-- one row per signal: its state now, its latest break, how often it failed and how flaky it is
-- a table: pages read it half a dozen times
{{ config(order_by="signal_number") }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    counts as (select * from {{ ref("rpt_signal_counts") }}),

    breaks as (select * from {{ ref("rpt_signal_breaks") }}),

    judged as (
        select
            *,
            current_outcome = 'failing' as is_failing,
            flaky_commits > 0 or lone_failures >= 2 as is_flaky,
            current_outcome = 'passing' and not is_flaky as is_recovered
        from signals
        inner join counts using (signal_id)
        left join breaks using (signal_id)
    )

select
    signal_id,
    signal_number,
    source,
    workflow_name,
    job_base_name,
    signal_key,
    -- the name of the state a person acts on first
    multiIf(is_failing, 'failing', is_flaky, 'flaky', 'recovered') as state,
    is_failing,
    is_flaky,
    is_recovered,
    is_pending,
    current_outcome,
    streak_commits,
    streak_since_rank,
    newest_verdict_rank,
    first_failing_rank,
    first_failing_sha,
    broke_at,
    last_good_rank,
    last_good_sha,
    candidate_commits,
    fixed_rank,
    fixed_sha,
    broken_minutes,
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
    -- the orders a page offers; signal_number settles ties, so that neighbours stay together
    row_number() over (order by workflow_name, job_base_name, signal_number) as group_order,
    row_number() over (
        order by first_failing_rank = 0, first_failing_rank, signal_number
    ) as recently_broken_order,
    row_number() over (order by is_failing desc, broken_minutes desc, signal_number) as longest_broken_order,
    row_number() over (
        order by is_flaky desc, flake_rate_low desc, lone_failures desc, signal_number
    ) as flakiest_order
from judged
