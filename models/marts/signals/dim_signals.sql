-- one row per signal
{{ config(order_by="signal_number") }}

with
    events as (select * from {{ ref("fct_signal_events") }}),

    states as (select * from {{ ref("int_signal_states") }}),

    counted as (
        select
            signal_id,
            source,
            workflow_name,
            job_base_name,
            signal_key,
            count() as events,
            countIf(status = 'failure') as failures,
            countIf(status = 'success') as successes,
            countIf(status = 'pending') as pendings
        from events
        group by signal_id, source, workflow_name, job_base_name, signal_key
    )

select
    counted.signal_id as signal_id,
    counted.source as source,
    counted.workflow_name as workflow_name,
    counted.job_base_name as job_base_name,
    counted.signal_key as signal_key,
    row_number() over (order by source, workflow_name, job_base_name, signal_key) as signal_number,
    counted.events as events,
    counted.failures as failures,
    counted.successes as successes,
    counted.pendings as pendings,
    states.state as state,
    toBool(states.is_failing) as is_failing,
    toBool(states.is_unseen) as is_unseen,
    toBool(states.is_flaky) as is_flaky,
    toBool(states.is_seen_once) as is_seen_once,
    toBool(states.is_recovered) as is_recovered,
    states.silent_commits as silent_commits,
    states.silent_minutes as silent_minutes
from counted
left join states on counted.signal_id = states.signal_id
