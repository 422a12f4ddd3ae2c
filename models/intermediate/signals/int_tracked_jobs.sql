-- one row per job whose (workflow, base name) had a test failure anywhere in the window
with
    jobs as (select * from {{ ref("int_window_jobs") }} where outcome != 'skipped'),

    tracked_bases as (select workflow_name, job_base_name from jobs where is_test_failure)

select job_id, attempt_id, head_sha, workflow_name, job_base_name, run_id, run_attempt, started_at
from jobs
where (workflow_name, job_base_name) in (select workflow_name, job_base_name from tracked_bases)
