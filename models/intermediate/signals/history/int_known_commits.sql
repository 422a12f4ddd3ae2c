-- one row per commit in the scope of the last build, as the latest window that held the commit saw it
{{ config(enabled=var("keep_history"), query_settings={"final": 1}) }}

with
    states as (select * from {{ ref("fct_commit_states") }}),

    bounds as (select * from {{ ref("int_window") }})

select
    head_sha,
    as_of,
    lookback_hours,
    pushed_at,
    committed_at,
    commit_rank,
    message,
    author,
    cast(events, 'Array(Tuple(
            source String, workflow_name String, job_base_name String, signal_key String, event_number UInt64,
            status String, started_at DateTime64(9, \'UTC\'), wf_run_id Int64, run_attempt Int64, job_id Int64
        ))') as events
from states
where
    repository = (select repository from bounds)
    and branch_ref = (select branch_ref from bounds)
    and workflows = (select arraySort(arrayDistinct(workflows)) from bounds)
    and job_name_style = {{ sql_string(var("job_name_style")) }}
    and not is_gone
