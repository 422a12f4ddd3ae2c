-- one row per event of a signal, both tracks, repeats within a commit dropped
with
    job_events as (select * from {{ ref('int_job_events') }}),

    test_events as (select * from {{ ref('int_test_events') }}),

    all_events as (
        select
            'job' as source,
            workflow_name,
            job_base_name,
            job_base_name as signal_key,
            head_sha,
            run_id,
            run_attempt,
            started_at,
            job_id,
            status
        from job_events
        where
            (workflow_name, job_base_name) in (
                select workflow_name, job_base_name from job_events where status = 'failure'
            )
        union all
        select
            'test' as source,
            workflow_name,
            job_base_name,
            test_id as signal_key,
            head_sha,
            run_id,
            run_attempt,
            started_at,
            job_id,
            status
        from test_events
    )

-- "rerun failed" repeats jobs under new ids with the old times: the first attempt stands for them
select *
from all_events
order by run_attempt, job_id
limit 1 by source, workflow_name, job_base_name, signal_key, head_sha, started_at, run_id, status
