-- one row per stored version of a job; int_job_versions picks the version that counts
{% set columns = source_columns("workflow_job_table") %}

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
    {{ tuple_part(columns, "torchci_classification_kg", "line", "''") }} as rule_line,
    {{ tuple_part(columns, "torchci_classification_kg", "line_num", "toInt64(0)") }} as rule_line_number,
    {{ tuple_part(columns, "torchci_classification_kg", "captures", "emptyArrayString()") }} as rule_captures,
    {{ tuple_part(columns, "torchci_classification_kg", "context", "emptyArrayString()") }} as rule_context,
    toDateTime64(created_at, 9, 'UTC') as created_at,
    toDateTime64(started_at, 9, 'UTC') as recorded_started_at,
    toDateTime64(completed_at, 9, 'UTC') as completed_at
from {{ source("ci", "workflow_job") }}
