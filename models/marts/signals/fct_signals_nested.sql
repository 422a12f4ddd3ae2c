-- one row per signal with every commit of the window inside: a line of signals.jsonl
-- a table: signals.jsonl and signals.parquet are written from it
-- One thread and small blocks need 190 MB over 200 thousand events, where the engine's defaults need 240 MB.
{{ config(order_by="signal_number", query_settings={"max_threads": 1, "max_block_size": 8192}) }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    commits as (select * from {{ ref("dim_commits") }}),

    events as (select * from {{ ref("fct_signal_events") }}),

    ranked_commits as (
        select arraySort(groupArray(tuple(commit_rank, head_sha, {{ iso_time("committed_at") }}))) as commits
        from commits
    ),

    cells as (
        select
            signal_id,
            commit_rank,
            arrayMap(
                event -> tuple(
                    tupleElement(event, 2),
                    tupleElement(event, 3),
                    tupleElement(event, 4),
                    tupleElement(event, 5),
                    tupleElement(event, 6),
                    tupleElement(event, 7),
                    tupleElement(event, 8)
                ),
                arraySort(
                    groupArray(
                        tuple(
                            event_number,
                            event_name,
                            status,
                            {{ iso_time("started_at") }},
                            cast(null as Nullable(String)),
                            wf_run_id,
                            run_attempt,
                            job_id
                        )
                    )
                )
            ) as cell_events
        from events
        group by signal_id, commit_rank
    ),

    given_cells as (select signal_id, commit_rank from events),

    -- no join with the cells themselves: that would hold all of them twice
    grid as (
        select signal_id, commit_rank, cell_events
        from cells
        union all
        select signals.signal_id as signal_id, commits.commit_rank as commit_rank, [] as cell_events
        from signals
        cross join commits
        left anti join
            given_cells
            on signals.signal_id = given_cells.signal_id
            and commits.commit_rank = given_cells.commit_rank
    ),

    -- the cells of a signal in commit order, empty ones included, so that they match ranked_commits
    histories as (
        select
            signal_id,
            arrayMap(
                cell -> tupleElement(cell, 2),
                arraySort(cell -> tupleElement(cell, 1), groupArray(tuple(commit_rank, cell_events)))
            ) as cells
        from grid
        group by signal_id
    )

select
    signals.signal_id as signal_id,
    signals.signal_number as signal_number,
    signals.signal_key as key,
    signals.workflow_name as workflow_name,
    signals.job_base_name as job_base_name,
    signals.source as source,
    cast(
        arrayMap(
            (commit, cell_events) -> tuple(tupleElement(commit, 2), tupleElement(commit, 3), cell_events),
            (select commits from ranked_commits),
            histories.cells
        ),
        {{ signal_commits_type("String") }}
    ) as commits
from signals
inner join histories on signals.signal_id = histories.signal_id
