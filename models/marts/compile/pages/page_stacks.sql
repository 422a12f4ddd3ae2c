-- one row per compilation of any attempt that logged a stack at its start: the stack as text
{{ config(materialized="view") }}

with
    frames as (
        select *, tuple(frame_number, frame_line, frame_name, frame_file, frame_code) as frame
        from {{ ref("fct_compile_stacks") }}
    ),

    stacks as (
        select
            trace,
            rank,
            compile_base,
            occurrence,
            arrayMap({{ frame_of_row() }}, arraySort(groupArray(frame))) as stack
        from frames
        group by trace, rank, compile_base, occurrence
    )

select trace, rank, compile_base, occurrence, {{ stack_text("stack") }} as stack_text
from stacks
