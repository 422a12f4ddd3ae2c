-- one row per function of a trace, as its picture names it
{{ config(materialized="view") }}

with functions as (select * from {{ ref("rpt_function_times") }})

select
    trace, function_number, function, function_file, function_line, compilations, failures, restarts, total_ms
from functions
