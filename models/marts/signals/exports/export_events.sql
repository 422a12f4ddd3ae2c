-- one row per event of a signal: events.parquet
{{ config(materialized="view") }}

with events as (select * from {{ ref("fct_signal_events") }})

select
    signal_id,
    source,
    toValidUTF8(events.workflow_name) as workflow_name,
    toValidUTF8(events.job_base_name) as job_base_name,
    toValidUTF8(events.signal_key) as signal_key,
    commit_rank,
    head_sha,
    event_number,
    status,
    toDateTime64(events.started_at, 3, 'UTC') as started_at,
    wf_run_id,
    run_attempt,
    job_id,
    toValidUTF8(events.event_name) as event_name
from events
