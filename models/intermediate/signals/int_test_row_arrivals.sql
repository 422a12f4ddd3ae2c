-- one row per (job, second): the test rows of the window's jobs that arrived then
-- A table: the ledger and the quality checks read it, and the test rows are counted once. That takes 0.6 s
-- of processor time over 23 million rows; a count by job alone takes 0.35 s.
{{ config(materialized="table") }}

with bounds as (select * from {{ ref("int_window") }})

select
    job_id,
    toDateTime64(inserted_at, 0, 'UTC') as arrived_at,
    toInt64(count()) as test_rows,
    toInt64(countIf(inserted_at > assumeNotNull((select as_of from bounds)))) as rows_after_as_of,
    toInt64(
        countIf(file = '' and inserted_at <= assumeNotNull((select as_of from bounds)))
    ) as rows_without_file
from {{ ref("stg_ci__test_runs") }}
where job_id {{ in_rows() }} (select job_id from {{ ref("int_job_versions") }})
group by job_id, arrived_at
