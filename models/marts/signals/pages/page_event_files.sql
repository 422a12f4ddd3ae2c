-- one row per first two digits of a signal's id: the events and day counts of those signals, as JSON
-- For 1,500 signals that makes 256 files of six signals; a signal's page loads one of them.
{{ config(materialized="view") }}

with
    -- an event is [commit_rank, letter, start, run, attempt, job]
    signal_events as (
        select
            signal_id,
            groupArray(
                tuple(
                    commit_rank,
                    substring(status, 1, 1),
                    toUnixTimestamp(started_at),
                    wf_run_id,
                    run_attempt,
                    job_id
                )
            ) as ordered_events
        from (select * from {{ ref("fct_signal_events") }} order by signal_id, commit_rank, event_number)
        group by signal_id
    ),

    signal_days as (
        select
            signal_id,
            groupArray(
                tuple(days, is_covered, verdict_commits, failing_commits, flaky_commits, failures, successes)
            ) as ordered_days
        from (select * from {{ ref("rpt_signal_days") }} order by signal_id, days)
        group by signal_id
    )

select
    substring(signal_events.signal_id, 1, 2) as file,
    toJSONString(groupArray(tuple(signal_events.signal_id, ordered_events, ordered_days))) as content
from signal_events
inner join signal_days on signal_events.signal_id = signal_days.signal_id
group by file
