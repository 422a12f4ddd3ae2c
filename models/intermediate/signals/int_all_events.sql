-- one row per event of either track, repeats within a commit included
-- A table: events, gaps and both ledgers read it, and the engine would plan a view again for each of them.
{{ config(materialized="table") }}
with
    job_events as (select * from {{ ref("int_job_events") }}),

    test_events as (select * from {{ ref("int_test_events") }}),

    failing_jobs as (select workflow_name, signal_key from job_events where status = 'failure'),

    events as (
        select
            'job' as source,
            workflow_name,
            job_base_name,
            signal_key,
            attempt_id,
            head_sha,
            run_id,
            run_attempt,
            started_at,
            job_id,
            status
        from job_events
        where (workflow_name, signal_key) in (select workflow_name, signal_key from failing_jobs)
        union all
        select
            'test' as source,
            workflow_name,
            job_base_name,
            test_id as signal_key,
            attempt_id,
            head_sha,
            run_id,
            run_attempt,
            started_at,
            job_id,
            status
        from test_events
    )

select {{ signal_id() }} as signal_id, *
from events
