-- one row per (workflow, base name, test) that failed or errored in a tracked job
{{ config(materialized="table") }}

with
    tracked_jobs as (select * from {{ ref("int_tracked_jobs") }}),

    failing_runs as (select * from {{ ref("int_failing_runs") }})

select distinct
    tracked_jobs.workflow_name as workflow_name,
    tracked_jobs.job_base_name as job_base_name,
    failing_runs.test_id as test_id,
    failing_runs.name as name
from failing_runs
inner join tracked_jobs on failing_runs.job_id = tracked_jobs.job_id
