-- one row per event of a signal
{{ config(materialized="view") }}

with events as (select * from {{ ref("int_signal_events") }})

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
    started_at,
    attempt_id,
    run_id as wf_run_id,
    run_attempt,
    job_id,
    event_name
from events
