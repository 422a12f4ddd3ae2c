-- one row per metrics record: the head of its page
{{ config(materialized="view") }}

with metrics as (select * from {{ ref("fct_compile_metrics") }})

select trace, page, directory, kind, total_ms, backend_ms, file, line_number
from metrics
