-- one row per (workflow, base name, test) that failed or errored in a tracked job
{{ config(materialized="table") }}

with
    tracked_jobs as (select * from {{ ref("int_tracked_jobs") }}),

    bounds as (select * from {{ ref("int_window") }}),

    failing_runs as (
        select job_id, test_id, name
        from {{ ref("stg_ci__test_runs") }}
        where
            is_failing
            and inserted_at <= (select as_of from bounds)
            and job_id {{ in_rows() }} (select job_id from tracked_jobs)
    )

select distinct
    tracked_jobs.workflow_name as workflow_name,
    tracked_jobs.job_base_name as job_base_name,
    failing_runs.test_id as test_id,
    failing_runs.name as name
from failing_runs
inner join tracked_jobs on failing_runs.job_id = tracked_jobs.job_id
