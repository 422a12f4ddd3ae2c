-- one row per (job, second) with arrivals of test rows, for jobs that count: the time since the job's end
with
    jobs as (select * from {{ ref("int_window_jobs") }}),

    arrivals as (select * from {{ ref("int_test_row_arrivals") }} where test_rows > rows_after_as_of)

select
    jobs.workflow_name as workflow_name,
    jobs.job_base_name as job_base_name,
    arrivals.job_id as job_id,
    arrivals.arrived_at as arrived_at,
    toUInt64(arrivals.test_rows - arrivals.rows_after_as_of) as test_rows,
    toUInt64(arrivals.rows_without_file) as rows_without_file,
    -- rows of a job that still runs are not late
    if(jobs.is_pending, 0, test_rows) as timed_rows,
    if(jobs.is_pending, null, dateDiff('second', jobs.completed_at, arrivals.arrived_at)) as lag_s
from arrivals
inner join jobs on arrivals.job_id = jobs.job_id
