-- one row per signal
{{ config(order_by="signal_number") }}

with events as (select * from {{ ref("fct_signal_events") }})

select
    signal_id,
    source,
    workflow_name,
    job_base_name,
    signal_key,
    row_number() over (order by source, workflow_name, job_base_name, signal_key) as signal_number,
    count() as events,
    countIf(status = 'failure') as failures,
    countIf(status = 'success') as successes,
    countIf(status = 'pending') as pendings
from events
group by signal_id, source, workflow_name, job_base_name, signal_key
