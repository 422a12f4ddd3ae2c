-- one row per frame of the user's stack at which a compilation started, outermost first
with
    frames as (select * from {{ ref("int_stack_frames") }} where kind = 'dynamo_start'),

    records as (
        select record_id, trace, source_number, rank, compile_base, occurrence
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
inner join records on frames.record_id = records.record_id
where frames.stack_name = 'stack'
