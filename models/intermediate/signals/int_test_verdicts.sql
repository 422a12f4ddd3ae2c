-- one row per (attempt group, test) with recorded runs: the verdict of all its runs
with runs as (select *, tuple(started_at, job_id) as job_order from {{ ref("int_test_runs") }})

select
    attempt_id,
    any(runs.head_sha) as head_sha,
    any(runs.workflow_name) as workflow_name,
    any(runs.job_base_name) as job_base_name,
    any(runs.run_id) as run_id,
    any(runs.run_attempt) as run_attempt,
    test_id,
    count() as recorded_runs,
    max(is_failing) as has_failure,
    max(is_passing) as has_success,
    -- the earliest job that failed and the earliest that passed; 1970 and 0 when there is none
    tupleElement(minIf(job_order, is_failing), 1) as failing_started_at,
    tupleElement(minIf(job_order, is_failing), 2) as failing_job_id,
    tupleElement(minIf(job_order, is_passing), 1) as passing_started_at,
    tupleElement(minIf(job_order, is_passing), 2) as passing_job_id
from runs
group by attempt_id, test_id
