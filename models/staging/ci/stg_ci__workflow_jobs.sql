-- one row per stored version of a job; int_job_versions picks the version that counts
select
    id as job_id,
    run_id,
    run_attempt,
    name as job_name,
    workflow_name,
    head_sha,
    repository_full_name as repository,
    status,
    conclusion_kg as conclusion,
    tupleElement(torchci_classification_kg, 'rule') as rule,
    toDateTime64(created_at, 9, 'UTC') as created_at,
    toDateTime64(started_at, 9, 'UTC') as recorded_started_at,
    toDateTime64(completed_at, 9, 'UTC') as completed_at
from {{ source("ci", "workflow_job") }}
