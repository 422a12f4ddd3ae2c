-- one row per job that is classified as a test failure and has no failing test row
{{ config(materialized="view") }}

with
    jobs as (select * from {{ ref("int_window_jobs") }} where is_test_failure),

    bounds as (select * from {{ ref("int_window") }}),

    -- int_test_runs has every failing row of a tracked job
    proven_jobs as (select job_id from {{ ref("int_test_runs") }} where is_failing),

    arrivals as (
        select job_id, sum(test_rows) - sum(rows_after_as_of) as test_rows
        from {{ ref("int_test_row_arrivals") }}
        group by job_id
    )

select
    jobs.job_id as job_id,
    jobs.head_sha as head_sha,
    jobs.workflow_name as workflow_name,
    jobs.job_base_name as job_base_name,
    jobs.job_name as job_name,
    jobs.run_id as run_id,
    jobs.run_attempt as run_attempt,
    jobs.rule as rule,
    jobs.completed_at as completed_at,
    arrivals.test_rows as test_rows,
    jobs.is_pending
    or jobs.completed_at
    > bounds.as_of - toIntervalMinute({{ var("quality_grace_minutes") | int }}) as is_waiting
from jobs
cross join bounds
left join arrivals on jobs.job_id = arrivals.job_id
where jobs.job_id not in (select job_id from proven_jobs)
