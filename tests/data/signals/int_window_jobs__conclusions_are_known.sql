-- a conclusion that the seed job_outcomes does not list counts as cancelled: list it there
{{ config(severity="warn") }}

select conclusion, count() as jobs
from {{ ref("int_window_jobs") }}
where conclusion != '' and conclusion not in (select conclusion from {{ ref("job_outcomes") }})
group by conclusion
