-- one row per specialization or fast guard: its two stacks, outermost frame first
with
    frames as (
        select *, tuple(frame_number, frame_line, frame_name, frame_file, frame_code) as frame
        from {{ ref("int_stack_frames") }}
        where kind in ('symbolic_shape_specialization', 'guard_added_fast')
    )

select
    record_id,
    arrayMap({{ frame_of_row() }}, arraySort(groupArrayIf(frame, stack_name = 'user_stack'))) as user_stack,
    arrayMap({{ frame_of_row() }}, arraySort(groupArrayIf(frame, stack_name = 'stack'))) as framework_stack
from frames
group by record_id
