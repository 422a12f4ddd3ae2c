-- one row per attempt group that says something about the job itself; test failures do not count
with attempts as (select * from {{ ref("int_attempt_groups") }})

select
    attempt_id,
    head_sha,
    workflow_name,
    job_base_name,
    run_id,
    run_attempt,
    started_at,
    link_job_id as job_id,
    multiIf(has_non_test_failures, 'failure', has_pending, 'pending', 'success') as status
from attempts
where not has_cancelled
