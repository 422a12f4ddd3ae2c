-- one row per commit of any window, as the latest window that held it saw it
{{ config(enabled=var("keep_history"), materialized="view") }}

with commits as (select * from {{ ref("int_known_commits") }})

select
    head_sha,
    committed_at,
    message,
    author,
    pushed_at,
    as_of,
    lookback_hours,
    commit_rank,
    toUInt64(length(events)) as events
from commits
