-- one row per event of a signal, repeats within a commit dropped
-- "rerun failed" repeats jobs under new ids with the old times: the first attempt stands for them
with events as (select * from {{ ref("int_all_events") }})

select *
from events
order by run_attempt, job_id
limit 1 by signal_id, head_sha, started_at, run_id, status
