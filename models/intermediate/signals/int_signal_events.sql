-- one row per event of a signal, without repeats within a commit
-- A table: events, cells, the ledger and the gaps read it. One thread and small blocks need 260 MB over
-- 200 thousand events, where the engine's defaults need 370 MB, the most of a build, and no less time.
{{
    config(
        materialized="table",
        order_by="(signal_id, commit_rank, event_number)",
        query_settings={"max_threads": 1, "min_insert_block_size_rows": 65536},
    )
}}

with
    all_events as (select * from {{ ref("int_all_events") }}),

    commits as (select head_sha, commit_rank from {{ ref("int_push_dedup") }}),

    -- "rerun failed" copies jobs under new ids with their old times; the first attempt keeps the event
    events as (
        select *
        from all_events
        order by run_attempt, job_id
        limit 1 by signal_id, head_sha, started_at, run_id, status
    )

select
    events.signal_id as signal_id,
    events.source as source,
    events.workflow_name as workflow_name,
    events.job_base_name as job_base_name,
    events.signal_key as signal_key,
    commits.commit_rank as commit_rank,
    events.head_sha as head_sha,
    row_number() over (
        partition by events.signal_id, commits.commit_rank
        order by events.started_at, events.run_id, events.run_attempt, events.status
    ) as event_number,
    events.status as status,
    events.started_at as started_at,
    events.attempt_id as attempt_id,
    events.run_id as run_id,
    events.run_attempt as run_attempt,
    events.job_id as job_id,
    {{ event_name("events") }} as event_name
from events
inner join commits on events.head_sha = commits.head_sha
