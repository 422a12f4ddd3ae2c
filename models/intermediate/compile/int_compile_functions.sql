-- one row per compilation of any attempt: the function that is compiled, from its metrics or the end of its
-- stack
with
    metrics as (
        select
            trace,
            rank,
            compile_base,
            occurrence,
            source_number,
            position,
            co_name,
            co_filename,
            co_firstlineno
        from {{ ref("fct_compile_metrics") }}
        where co_name is not null
    ),

    frames as (select * from {{ ref("fct_compile_stacks") }}),

    named as (
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            1 as priority,
            source_number,
            toInt64(position) as place,
            co_name as function,
            co_filename as function_file,
            co_firstlineno as function_line
        from metrics
        union all
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_base,
            occurrence,
            0 as priority,
            0 as source_number,
            toInt64(frame_number) as place,
            frame_name as function,
            frame_file as function_file,
            frame_line as function_line
        from frames
    )

select
    trace,
    rank_or_none,
    compile_base,
    occurrence,
    tupleElement(
        argMax(
            tuple(named.function, named.function_file, named.function_line),
            tuple(priority, source_number, place)
        ),
        1
    ) as function,
    tupleElement(
        argMax(
            tuple(named.function, named.function_file, named.function_line),
            tuple(priority, source_number, place)
        ),
        2
    ) as function_file,
    tupleElement(
        argMax(
            tuple(named.function, named.function_file, named.function_line),
            tuple(priority, source_number, place)
        ),
        3
    ) as function_line
from named
group by trace, rank_or_none, compile_base, occurrence
