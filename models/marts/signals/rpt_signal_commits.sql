-- one row per (signal, commit) with an event: what the commit says about the signal
-- a table: 0.2 s over 221 thousand events, and three models read it
{{ config(order_by="(signal_id, commit_rank)") }}

with
    signal_events as (select * from {{ ref("fct_signal_events") }}),

    counted as (
        select
            signal_id,
            commit_rank,
            head_sha,
            count() as events,
            countIf(status = 'failure') as failures,
            countIf(status = 'success') as successes,
            countIf(status = 'pending') as pendings
        from signal_events
        group by signal_id, commit_rank, head_sha
    )

select
    signal_id,
    commit_rank,
    head_sha,
    events,
    failures,
    successes,
    pendings,
    multiIf(
        failures > 0 and successes > 0, 'flaky', failures > 0, 'failing', successes > 0, 'passing', 'pending'
    ) as outcome
from counted
