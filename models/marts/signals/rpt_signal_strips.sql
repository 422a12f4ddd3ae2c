-- one row per signal: what every commit said, newest first, in letters (f failure, s success, p pending)
{{ config(materialized="view") }}

with
    signal_events as (select * from {{ ref("fct_signal_events") }}),

    cells as (
        select
            signal_id,
            commit_rank,
            arrayStringConcat(
                arrayMap(
                    event -> substring(tupleElement(event, 2), 1, 1),
                    arraySort(groupArray(tuple(event_number, status)))
                )
            ) as letters
        from signal_events
        group by signal_id, commit_rank
    )

-- cells are parted by one space; an empty one has no event, those past the oldest event are left out
select signal_id, arrayStringConcat(groupArrayInsertAt('')(letters, toUInt32(commit_rank - 1)), ' ') as strip
from cells
group by signal_id
