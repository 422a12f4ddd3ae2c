-- one row per frame of the user's stack at which a compilation started, outermost first
{{ config(order_by="(trace, compile_base, occurrence, frame_number)") }}

with frames as (select * from {{ ref("int_compile_stacks") }})

select trace, rank, compile_base, occurrence, frame_number, frame_line, frame_name, frame_file, frame_code
from frames
