-- one row per (signal, days): its commits by outcome over the last 1, 3 and 7 days of the window
{{ config(materialized="view") }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    signal_commits as (select * from {{ ref("int_signal_commits") }}),

    commits as (select * from {{ ref("dim_commits") }}),

    bounds as (select * from {{ ref("int_window") }}),

    spans as (
        select
            signals.signal_id as signal_id,
            arrayJoin([1, 3, 7]) as days,
            bounds.lookback_hours as lookback_hours
        from signals
        cross join bounds
    ),

    aged as (
        select signal_commits.*, dateDiff('second', commits.committed_at, bounds.as_of) / 86400 as days_ago
        from signal_commits
        cross join bounds
        inner join commits on signal_commits.commit_rank = commits.commit_rank
    )

select
    spans.signal_id as signal_id,
    spans.days as days,
    -- a span longer than the window has the counts of the window
    toBool(any(spans.lookback_hours) >= 24 * spans.days) as is_covered,
    countIf(days_ago <= days and outcome != 'pending') as verdict_commits,
    countIf(days_ago <= days and outcome = 'failing') as failing_commits,
    countIf(days_ago <= days and outcome = 'flaky') as flaky_commits,
    sumIf(aged.failures, days_ago <= days) as failures,
    sumIf(aged.successes, days_ago <= days) as successes
from spans
inner join aged on spans.signal_id = aged.signal_id
group by spans.signal_id, spans.days
