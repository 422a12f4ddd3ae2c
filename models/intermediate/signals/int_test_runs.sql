-- one row per recorded run, in a tracked job, of a test that failed somewhere in that base name
-- A table: the verdicts and the ledger read it, and finding the rows among 24 million takes about a second.
{{ config(materialized="table") }}

with
    tracked_jobs as (select * from {{ ref("int_tracked_jobs") }}),

    failing_tests as (select * from {{ ref("int_failing_tests") }}),

    bounds as (select * from {{ ref("int_window") }}),

    wanted_runs as (
        select tracked_jobs.job_id as job_id, failing_tests.name as name
        from tracked_jobs
        inner join
            failing_tests
            on tracked_jobs.workflow_name = failing_tests.workflow_name
            and tracked_jobs.job_base_name = failing_tests.job_base_name
    ),

    -- job_id selects the window's part of the table by primary key, and the hash filters roughly: 0.4 s over
    -- 24 million rows; (job_id, name) in (...) took 1.8 s
    named_runs as (
        select job_id, test_id, is_failing, is_passing
        from {{ ref("stg_ci__test_runs") }}
        where
            job_id {{ in_rows() }} (select job_id from tracked_jobs)
            and name {{ in_rows() }} (select name from failing_tests)
            and cityHash64(job_id, name) {{ in_rows() }} (select cityHash64(job_id, name) from wanted_runs)
            and inserted_at <= (select as_of from bounds)
    )

select
    tracked_jobs.attempt_id as attempt_id,
    tracked_jobs.head_sha as head_sha,
    tracked_jobs.workflow_name as workflow_name,
    tracked_jobs.job_base_name as job_base_name,
    tracked_jobs.run_id as run_id,
    tracked_jobs.run_attempt as run_attempt,
    tracked_jobs.started_at as started_at,
    named_runs.job_id as job_id,
    named_runs.test_id as test_id,
    named_runs.is_failing as is_failing,
    named_runs.is_passing as is_passing
from named_runs
inner join tracked_jobs on named_runs.job_id = tracked_jobs.job_id
where
    (tracked_jobs.workflow_name, tracked_jobs.job_base_name, named_runs.test_id)
    in (select workflow_name, job_base_name, test_id from failing_tests)
