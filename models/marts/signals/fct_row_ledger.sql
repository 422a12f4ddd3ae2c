-- one row per (kind of raw row, job, reason): every job and test row of the window, counted once
{{ config(order_by="(row_kind, reason, job_id)") }}

with
    job_rows as (select * from {{ ref("int_job_row_ledger") }}),

    test_rows as (select * from {{ ref("int_test_row_ledger") }})

select 'job' as row_kind, job_id, reason, toInt64(count()) as row_count
from job_rows
group by job_id, reason
union all
select 'test_run' as row_kind, job_id, reason, test_rows as row_count
from test_rows
