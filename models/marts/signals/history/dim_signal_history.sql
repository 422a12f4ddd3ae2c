-- one row per signal in fct_signal_event_history
{{ config(enabled=var("keep_history"), materialized="view") }}

with events as (select * from {{ ref("fct_signal_event_history") }})

select
    signal_id,
    source,
    workflow_name,
    job_base_name,
    signal_key,
    uniqExact(head_sha) as commits,
    count() as events,
    countIf(status = 'failure') as failures,
    countIf(status = 'success') as successes,
    countIf(status = 'pending') as pendings,
    min(committed_at) as first_committed_at,
    max(committed_at) as last_committed_at
from events
group by signal_id, source, workflow_name, job_base_name, signal_key
