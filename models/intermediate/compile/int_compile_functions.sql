-- one row per compilation of any attempt: its function, from the metrics, else from a stack
with
    metrics as (select * from {{ ref("int_compile_metrics") }} where co_name is not null),

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
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            tuple(2, toUInt64(source_number), position) as priority,
            tuple(co_name, co_filename, co_firstlineno) as function
        from metrics
        union all
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            tuple(1, 0, frame_number) as priority,
            tuple(frame_name, frame_file, frame_line) as function
        from frames
        union all
        select
            records.trace as trace,
            ifNull(records.rank, -1) as rank_or_none,
            records.compile_base as compile_base,
            records.occurrence as occurrence,
            tuple(0, 0, records.position) as priority,
            tuple(outer_frames.frame_name, outer_frames.frame_file, null) as function
        from records
        inner join outer_frames on records.record_id = outer_frames.record_id
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
