-- one row per (attempt group, test) with recorded runs, of the tests that failed somewhere in that base name
{{ config(materialized="table") }}

with
    tracked_jobs as (select * from {{ ref('int_tracked_jobs') }}),

    failing_tests as (select * from {{ ref('int_failing_tests') }}),

    bounds as (select * from {{ ref('int_window') }}),

    wanted_runs as (
        select tracked_jobs.job_id as job_id, failing_tests.name as name
        from tracked_jobs
        inner join
            failing_tests
            on tracked_jobs.workflow_name = failing_tests.workflow_name
            and tracked_jobs.job_base_name = failing_tests.job_base_name
    ),

    -- the hash is a coarse filter: 0.4 s over 24 million rows, where (job_id, name) in (...) took 1.8 s
    runs as (
        select job_id, test_id, is_failing, is_passing
        from {{ ref('stg_ci__test_runs') }}
        where
            name in (select name from failing_tests)
            and cityHash64(job_id, name) in (select cityHash64(job_id, name) from wanted_runs)
            and inserted_at <= (select as_of from bounds)
    ),

    job_verdicts as (
        select job_id, test_id, max(is_failing) as failed, max(is_passing) as passed from runs group by job_id, test_id
    ),

    grouped as (
        select
            head_sha,
            workflow_name,
            job_base_name,
            run_id,
            run_attempt,
            test_id,
            max(failed) as has_failure,
            max(passed) as has_success,
            argMinIf(tuple(started_at, job_id), tuple(started_at, job_id), failed) as first_failing,
            argMinIf(tuple(started_at, job_id), tuple(started_at, job_id), passed) as first_passing
        from job_verdicts
        inner join tracked_jobs on job_verdicts.job_id = tracked_jobs.job_id
        group by head_sha, workflow_name, job_base_name, run_id, run_attempt, test_id
    )

select
    head_sha,
    workflow_name,
    job_base_name,
    run_id,
    run_attempt,
    test_id,
    has_failure,
    has_success,
    tupleElement(first_failing, 1) as failing_started_at,
    tupleElement(first_failing, 2) as failing_job_id,
    tupleElement(first_passing, 1) as passing_started_at,
    tupleElement(first_passing, 2) as passing_job_id
from grouped
where (workflow_name, job_base_name, test_id) in (select workflow_name, job_base_name, test_id from failing_tests)
