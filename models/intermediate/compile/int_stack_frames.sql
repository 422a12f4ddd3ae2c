-- one row per frame of a stack in a record, outermost first, with the file's interned name resolved
-- A table: stacks, specializations and guards start from it, and the engine would plan it anew for each.
{{ config(materialized="table", order_by="(trace, kind, record_id)") }}

with
    records as (
        select record_id, trace, source_number, file, line_number, kind, metadata
        from {{ ref("int_trace_records") }}
        where kind in ('dynamo_start', 'symbolic_shape_specialization', 'guard_added_fast')
    ),

    strings as (select * from {{ ref("int_interned_strings") }}),

    frames as (
        select
            record_id,
            trace,
            source_number,
            file,
            line_number,
            kind,
            stack_name,
            frame_number,
            {{ stack_frame("raw_frame") }} as frame
        from records
        array join ['stack', 'user_stack'] as stack_name
        array join
            JSONExtractArrayRaw(metadata, stack_name) as raw_frame,
            arrayEnumerate(JSONExtractArrayRaw(metadata, stack_name)) as frame_number
    ),

    numbered as (select *, toUInt32OrNull(tupleElement(frame, 'filename')) as string_number from frames)

select
    numbered.record_id as record_id,
    numbered.trace as trace,
    numbered.source_number as source_number,
    numbered.file as file,
    numbered.line_number as line_number,
    numbered.kind as kind,
    numbered.stack_name as stack_name,
    numbered.frame_number as frame_number,
    tupleElement(numbered.frame, 'line') as frame_line,
    ifNull(tupleElement(numbered.frame, 'name'), '') as frame_name,
    -- a number without its `str` record is shown as the number
    multiIf(
        numbered.string_number is null,
        ifNull(tupleElement(numbered.frame, 'filename'), ''),
        strings.from_line is null,
        concat('#', toString(assumeNotNull(numbered.string_number))),
        assumeNotNull(strings.string)
    ) as frame_file,
    ifNull(tupleElement(numbered.frame, 'loc'), '') as frame_code
from numbered
asof left join
    strings
    on numbered.trace = strings.trace
    and numbered.source_number = strings.source_number
    and numbered.string_number = strings.string_number
    and numbered.line_number >= strings.from_line
    settings join_use_nulls = 1
