-- one row per (commit, workflow, job base name, run, run attempt): all shards of one attempt
with
    jobs as (select * from {{ ref("int_window_jobs") }}),

    counted_jobs as (
        select *, tuple(recorded_started_at, job_name, job_id) as job_order
        from jobs
        where outcome != 'skipped'
    )

select
    attempt_id,
    head_sha,
    workflow_name,
    job_base_name,
    run_id,
    run_attempt,
    min(counted_jobs.started_at) as started_at,
    count() as jobs,
    max(is_pending) as has_pending,
    max(outcome = 'cancelled') as has_cancelled,
    max(outcome = 'failure') as has_failures,
    max(outcome = 'failure' and not is_test_failure) as has_non_test_failures,
    max(is_test_failure) as has_test_failures,
    min(outcome = 'success') as is_all_successful,
    -- the job to look at: the last that failed, else the first
    if(
        has_failures, argMaxIf(job_id, job_order, outcome = 'failure'), argMin(job_id, job_order)
    ) as link_job_id
from counted_jobs
group by attempt_id, head_sha, workflow_name, job_base_name, run_id, run_attempt {{ unstarted_groups() }}
