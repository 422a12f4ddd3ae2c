-- one row per (workflow, base name) with test rows: how late they arrived, and how many have no file
{{ config(materialized="view") }}

with arrivals as (select * from {{ ref("int_test_row_lags") }})

select
    workflow_name,
    job_base_name,
    uniqExact(job_id) as jobs,
    sum(arrivals.test_rows) as test_rows,
    sum(arrivals.rows_without_file) as rows_without_file,
    rows_without_file / test_rows as share_without_file,
    sum(arrivals.timed_rows) as timed_rows,
    quantileExactWeighted(0.5)
    (lag_s, arrivals.timed_rows) as lag_p50_s,
    quantileExactWeighted(0.95)
    (lag_s, arrivals.timed_rows) as lag_p95_s
from arrivals
group by workflow_name, job_base_name
