-- one row per event of a signal: events.csv, with times as text
{{ config(materialized="view") }}

with events as (select * from {{ ref("export_events") }})

select
    signal_id,
    source,
    workflow_name,
    job_base_name,
    signal_key,
    commit_rank,
    head_sha,
    event_number,
    status,
    {{ iso_time("events.started_at") }} as started_at,
    wf_run_id,
    run_attempt,
    job_id,
    event_name
from events
