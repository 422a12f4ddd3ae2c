-- one row per workflow with a job created in the window
{{ config(order_by="workflow_name") }}

with versions as (select * from {{ ref("int_job_versions") }})

select workflow_name, countIf(set_aside_reason = '') as jobs
from versions
group by workflow_name
