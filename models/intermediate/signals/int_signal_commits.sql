-- one row per (signal, commit) with an event: what the commit says about the signal
-- a table: 0.2 s over 221 thousand events, and four models read it
{{ config(materialized="table", order_by="(signal_id, commit_rank)") }}

with
    events as (select * from {{ ref("int_signal_events") }}),

    counted as (
        select
            signal_id,
            commit_rank,
            head_sha,
            count() as events,
            countIf(status = 'failure') as failures,
            countIf(status = 'success') as successes,
            countIf(status = 'pending') as pendings,
            arraySort(groupArray(tuple(event_number, status))) as statuses
        from events
        group by signal_id, commit_rank, head_sha
    )

select
    signal_id,
    commit_rank,
    head_sha,
    counted.events as events,
    failures,
    successes,
    pendings,
    multiIf(
        failures > 0 and successes > 0, 'flaky', failures > 0, 'failing', successes > 0, 'passing', 'pending'
    ) as outcome,
    -- the events in order: f failure, s success, p pending
    arrayStringConcat(arrayMap(event -> substring(tupleElement(event, 2), 1, 1), statuses)) as letters
from counted
