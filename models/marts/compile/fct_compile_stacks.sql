-- one row per frame of the user's stack at which a compilation started, outermost first
{{ config(order_by="(trace, compile_base, occurrence, frame_number)") }}

with
    frames as (select * from {{ ref("int_stack_frames") }} where kind = 'dynamo_start'),

    records as (
        select trace, source_number, file, line_number, rank, compile_base, occurrence, record_number
        from {{ ref("int_compile_records") }}
        where kind = 'dynamo_start'
    )

select
    records.trace as trace,
    records.rank as rank,
    records.compile_base as compile_base,
    records.occurrence as occurrence,
    row_number() over (
        partition by records.trace, records.rank, records.compile_base, records.occurrence
        order by records.source_number, frames.line_number, frames.frame_number
    ) as frame_number,
    frames.frame_line as frame_line,
    frames.frame_name as frame_name,
    frames.frame_file as frame_file,
    frames.frame_code as frame_code
from frames
inner join
    records
    on frames.trace = records.trace
    and frames.source_number = records.source_number
    and frames.file = records.file
    and frames.line_number = records.line_number
where frames.stack_name = 'stack'
