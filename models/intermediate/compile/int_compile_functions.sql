-- one row per compilation of any attempt: its function, from the metrics, else from a stack, else from its
-- frame
-- A table: three models read it.
{{ config(materialized="table", order_by="(trace, compile_base, occurrence)") }}

with
    metrics as (
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            replaceRegexpOne(compile_base, '_[0-9]+$', '') as frame,
            occurrence,
            kind,
            tuple(source_number, position) as place,
            tuple(co_name, co_filename, co_firstlineno) as function
        from {{ ref("int_compile_metrics") }}
    ),

    -- torch names no function where it refuses to compile a frame once more
    refused as (
        select *
        from metrics
        where
            kind = 'compilation_metrics'
            and tupleElement(function, 1) is null
            and match(compile_base, '_[1-9][0-9]*$')
    ),

    earlier as (select * from metrics where tupleElement(function, 1) is not null),

    of_frames as (
        select
            refused.trace as trace,
            refused.rank_or_none as rank_or_none,
            refused.compile_base as compile_base,
            refused.occurrence as occurrence,
            argMax(earlier.function, earlier.place) as function
        from refused
        inner join
            earlier
            on refused.trace = earlier.trace
            and refused.rank_or_none = earlier.rank_or_none
            and refused.frame = earlier.frame
        where earlier.place < refused.place
        group by trace, rank_or_none, compile_base, occurrence
    ),

    frames as (select * from {{ ref("int_compile_stacks") }}),

    records as (
        select record_id, trace, rank, compile_base, occurrence, position
        from {{ ref("int_compile_records") }}
        where kind in ('symbolic_shape_specialization', 'guard_added_fast')
    ),

    -- the user's stack of a guard begins in the function that is compiled, at any of its lines
    outer_frames as (
        select record_id, frame_name, frame_file
        from {{ ref("int_stack_frames") }}
        where stack_name = 'user_stack' and frame_number = 1
    ),

    named as (
        select
            trace,
            rank_or_none,
            compile_base,
            occurrence,
            tuple(3, toUInt64(tupleElement(place, 1)), tupleElement(place, 2)) as priority,
            function
        from earlier
        union all
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            tuple(2, 0, frame_number) as priority,
            tuple(frame_name, frame_file, frame_line) as function
        from frames
        union all
        select
            records.trace as trace,
            ifNull(records.rank, -1) as rank_or_none,
            records.compile_base as compile_base,
            records.occurrence as occurrence,
            tuple(1, 0, records.position) as priority,
            tuple(outer_frames.frame_name, outer_frames.frame_file, null) as function
        from records
        inner join outer_frames on records.record_id = outer_frames.record_id
        union all
        select trace, rank_or_none, compile_base, occurrence, tuple(0, 0, 0) as priority, function
        from of_frames
    ),

    last_named as (
        select
            trace, rank_or_none, compile_base, occurrence, argMax(named.function, priority) as last_function
        from named
        group by trace, rank_or_none, compile_base, occurrence
    )

select
    trace,
    rank_or_none,
    compile_base,
    occurrence,
    tupleElement(last_function, 1) as function,
    tupleElement(last_function, 2) as function_file,
    tupleElement(last_function, 3) as function_line
from last_named
