-- one row per event of a signal, without repeats within a commit
-- A table: events, cells, the ledger and the gaps read it. One thread and small blocks, and the texts of
-- signals added after the sorts, need 230 MB over 200 thousand events; with the texts sorted it was
-- 270 MB, with the engine's defaults 370 MB, in no less time.
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
        select signal_id, head_sha, status, started_at, attempt_id, run_id, run_attempt, job_id
        from all_events
        order by run_attempt, job_id
        limit 1 by signal_id, head_sha, started_at, run_id, status
    ),

    numbered_events as (
        select
            events.*,
            commits.commit_rank as commit_rank,
            row_number() over (
                partition by events.signal_id, commits.commit_rank
                order by events.started_at, events.run_id, events.run_attempt, events.status
            ) as event_number
        from events
        inner join commits on events.head_sha = commits.head_sha
    ),

    signals as (select distinct signal_id, source, workflow_name, job_base_name, signal_key from all_events)

select
    events.signal_id as signal_id,
    signals.source as source,
    signals.workflow_name as workflow_name,
    signals.job_base_name as job_base_name,
    signals.signal_key as signal_key,
    events.commit_rank as commit_rank,
    events.head_sha as head_sha,
    events.event_number as event_number,
    events.status as status,
    events.started_at as started_at,
    events.attempt_id as attempt_id,
    events.run_id as run_id,
    events.run_attempt as run_attempt,
    events.job_id as job_id,
    {{ event_name("signals", "events") }} as event_name
from numbered_events as events
inner join signals on events.signal_id = signals.signal_id
