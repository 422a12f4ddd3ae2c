-- one row per record of a compilation: its position in the log, and the occurrence of its compile id
{{ config(materialized="table", order_by="record_id") }}

with
    records as (
        select
            record_id,
            trace,
            source_number,
            file,
            door,
            line_number,
            kind,
            logged_at,
            rank,
            attempt,
            compile_base
        from {{ ref("int_trace_records") }}
        where kind != 'str'
    ),

    -- intermediate files split a log by kind; records are sorted by time, then by the steps of a compilation
    positions as (
        select
            *,
            if(
                door = 'log',
                line_number,
                row_number() over (
                    partition by trace, source_number
                    order by
                        logged_at,
                        multiIf(kind = 'dynamo_start', 0, {{ is_metrics_kind("kind") }}, 2, 1),
                        line_number
                )
            ) as position
        from records
    ),

    -- ids begin again after torch._dynamo.reset(): with a start or, if that was lost, with second metrics
    runs as (
        select
            *,
            kind = 'dynamo_start' and attempt = 0 as is_start,
            sum(is_start) over (
                partition by trace, source_number, rank, compile_base order by position
            ) as run
        from positions
    ),

    openings as (
        select
            *,
            row_number() over (partition by trace, source_number, rank, compile_base order by position)
            = 1 as is_first,
            kind = 'compilation_metrics'
            and row_number() over (
                partition by trace, source_number, rank, compile_base, run, attempt, kind order by position
            )
            > 1 as is_second_metrics
        from runs
    ),

    occurrences as (
        select
            *,
            if(
                compile_base = 'unknown',
                1,
                sum(is_first or is_start or is_second_metrics) over (
                    partition by trace, rank, compile_base order by source_number, position
                )
            ) as occurrence
        from openings
    )

select
    record_id,
    trace,
    source_number,
    file,
    line_number,
    position,
    kind,
    occurrence,
    row_number() over (
        partition by trace, rank, compile_base, attempt, occurrence, kind order by source_number, position
    ) as record_number
from occurrences
