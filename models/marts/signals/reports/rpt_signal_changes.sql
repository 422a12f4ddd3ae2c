-- one row per (signal, change): when it broke, was fixed or became flaky, as far as that lasts
-- a table: read as a view it takes 0.3 s of each rendering, and each `signals diff --since` again
{{ config(order_by="change_number") }}

with
    signals as (select * from {{ ref("rpt_signal_overview") }}),

    spans as (select * from {{ ref("fct_signal_spans") }}),

    verdicts as (select signal_id, verdict from {{ ref("rpt_signal_verdicts") }}),

    bounds as (select as_of from {{ ref("int_window") }}),

    incidents as (
        select
            placed.signal_id as signal_id,
            placed.incident_id as incident_id,
            incidents.incident_number as incident_number
        from {{ ref("fct_incident_signals") }} as placed
        inner join {{ ref("rpt_incidents") }} as incidents on placed.incident_id = incidents.incident_id
    ),

    last_spans as (
        select
            signal_id,
            argMax(tuple(begins_at, first_sha, outcome_before), span_number) as newest,
            -- the break, not a later flake: the failing span of most commits
            argMaxIf(
                tuple(ends_at, ends_sha),
                tuple(spans.commits, span_number),
                outcome = 'failing' and ends_at is not null
            ) as mended
        from spans
        group by signal_id
    ),

    -- before a second commit failed, no rule could call it flaky
    first_failures as (
        select signal_id, commit_rank, min(started_at) as failed_at, any(head_sha) as head_sha
        from {{ ref("fct_known_events") }}
        where status = 'failure'
        group by signal_id, commit_rank
    ),

    flakes as (
        select
            signal_id,
            arraySort(groupArray(tuple(failed_at, head_sha))) as failed,
            failed[least(2, length(failed))] as second_failure
        from first_failures
        group by signal_id
    ),

    changes as (
        select
            signal_id,
            if(tupleElement(newest, 3) = '', 'red', 'broke') as change,
            tupleElement(newest, 1) as changed_at,
            tupleElement(newest, 2) as head_sha
        from last_spans
        where signal_id in (select signal_id from signals where is_failing or is_unseen)
        union all
        select signal_id, 'fixed', assumeNotNull(tupleElement(mended, 1)), tupleElement(mended, 2)
        from last_spans
        where
            tupleElement(mended, 2) != ''
            and (
                signal_id in (select signal_id from verdicts where verdict = 'fixed')
                or signal_id in (select signal_id from signals where is_recovered)
            )
            and signal_id not in (select signal_id from signals where is_failing or is_unseen)
        union all
        select signal_id, 'flaky', tupleElement(second_failure, 1), tupleElement(second_failure, 2)
        from flakes
        where signal_id in (select signal_id from signals where is_flaky)
    )

select
    row_number() over (
        order by
            indexOf(['broke', 'red', 'fixed', 'flaky'], change),
            incidents.incident_number = 0,
            incidents.incident_number,
            changed_at desc,
            signals.signal_number
    ) as change_number,
    changes.change as change,
    changes.changed_at as changed_at,
    toInt64(dateDiff('minute', changes.changed_at, assumeNotNull((select as_of from bounds)))) as minutes_ago,
    changes.head_sha as head_sha,
    incidents.incident_id as incident_id,
    signals.signal_id as signal_id,
    signals.source as source,
    toValidUTF8(signals.workflow_name) as workflow_name,
    toValidUTF8(signals.job_base_name) as job_base_name,
    toValidUTF8(signals.signal_key) as key,
    signals.state as state
from changes
inner join signals on changes.signal_id = signals.signal_id
left join incidents on changes.signal_id = incidents.signal_id
