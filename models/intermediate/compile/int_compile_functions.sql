-- one row per compilation of any attempt: its function, from the metrics, else the end of its stack
with
    metrics as (select * from {{ ref("int_compile_metrics") }} where co_name is not null),

    frames as (select * from {{ ref("int_compile_stacks") }}),

    named as (
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            tuple(1, toUInt64(source_number), position) as priority,
            tuple(co_name, co_filename, co_firstlineno) as function
        from metrics
        union all
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            tuple(0, 0, frame_number) as priority,
            tuple(frame_name, frame_file, frame_line) as function
        from frames
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
