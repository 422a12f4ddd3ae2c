-- one row per event of a commit, as the latest window that held the commit saw it
{{ config(enabled=var("keep_history"), materialized="view") }}

with
    commits as (select * from {{ ref("int_known_commits") }}),

    events as (
        select
            tupleElement(event, 'source') as source,
            tupleElement(event, 'workflow_name') as workflow_name,
            tupleElement(event, 'job_base_name') as job_base_name,
            tupleElement(event, 'signal_key') as signal_key,
            tupleElement(event, 'event_number') as event_number,
            tupleElement(event, 'status') as status,
            tupleElement(event, 'started_at') as started_at,
            tupleElement(event, 'wf_run_id') as run_id,
            tupleElement(event, 'run_attempt') as run_attempt,
            tupleElement(event, 'job_id') as job_id,
            commit_rank,
            head_sha,
            committed_at,
            as_of
        from commits
        array join events as event
    )

select
    {{ signal_id() }} as signal_id,
    source,
    workflow_name,
    job_base_name,
    signal_key,
    commit_rank,
    head_sha,
    event_number,
    status,
    started_at,
    run_id as wf_run_id,
    run_attempt,
    job_id,
    {{ event_name("events", "events") }} as event_name,
    committed_at,
    as_of
from events
