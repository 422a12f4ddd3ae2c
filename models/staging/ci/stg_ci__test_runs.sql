-- one row per run of a test case in a job
{% set columns = source_columns("test_run_table") %}

select
    job_id,
    name,
    classname,
    file,
    if(file = '', name, concat(file, '::', name)) as test_id,
    failure_count > 0 or error_count > 0 as is_failing,
    failure_count = 0 and error_count = 0 and skipped_count = 0 as is_passing,
    -- the first failure, else the first error
    {{ tuple_part(columns, "failure", "type", tuple_part(columns, "error", "type", "''")) }} as failure_type,
    {{ tuple_part(columns, "failure", "message", tuple_part(columns, "error", "message", "''")) }}
    as failure_message,
    {{ tuple_part(columns, "failure", "text", tuple_part(columns, "error", "text", "''")) }} as failure_text,
    toDateTime64(time_inserted, 9, 'UTC') as inserted_at
from {{ test_run_source() }}
