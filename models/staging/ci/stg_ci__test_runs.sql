-- one row per run of a test case in a job
select
    job_id,
    name,
    classname,
    file,
    if(file = '', name, concat(file, '::', name)) as test_id,
    failure_count > 0 or error_count > 0 as is_failing,
    failure_count = 0 and error_count = 0 and skipped_count = 0 as is_passing,
    toDateTime64(time_inserted, 9, 'UTC') as inserted_at
from {{ source("ci", "test_run_s3") }}
