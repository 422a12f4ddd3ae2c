-- one row per signal: a few letters per commit, newest first
{{ config(materialized="view") }}

with
    cells as (
        select cells.*, outcomes.letter as outcome_letter
        from {{ ref("int_signal_commits") }} as cells
        inner join {{ ref("cell_outcomes") }} as outcomes on cells.outcome = outcomes.outcome
    ),

    gaps as (
        select gaps.signal_id as signal_id, gaps.commit_rank as commit_rank, reasons.letter as gap_letter
        from {{ ref("rpt_cell_gaps") }} as gaps
        inner join {{ ref("gap_reasons") }} as reasons on gaps.reason = reasons.reason
    ),

    gap_strips as (
        select
            signal_id,
            arrayStringConcat(groupArrayInsertAt('.')(gap_letter, toUInt32(commit_rank - 1))) as gap_letters
        from gaps
        group by signal_id
    ),

    -- one space between cells; an empty cell has no event; cells after the oldest event are left out
    cell_strips as (
        select
            signal_id,
            arrayStringConcat(groupArrayInsertAt('')(letters, toUInt32(commit_rank - 1)), ' ') as strip,
            arrayStringConcat(
                groupArrayInsertAt('.')(outcome_letter, toUInt32(commit_rank - 1))
            ) as outcome_letters
        from cells
        group by signal_id
    )

select
    cell_strips.signal_id as signal_id,
    cell_strips.strip as strip,
    cell_strips.outcome_letters as outcome_letters,
    gap_strips.gap_letters as gap_letters
from cell_strips
left join gap_strips on cell_strips.signal_id = gap_strips.signal_id
