-- one row per record of a compilation, with the occurrence of its compile id and the folder of its pages
with
    records as (select * from {{ ref("int_trace_records") }} where kind != 'str'),

    positions as (
        select record_id, position, occurrence, record_number from {{ ref("int_trace_positions") }}
    ),

    -- ranks share compile ids, so in a trace of several ranks the folder's name has the rank
    several_ranks as (select trace from records group by trace having uniqExact(ifNull(rank, -1)) > 1)

select
    records.record_id as record_id,
    records.trace as trace,
    records.source_number as source_number,
    records.file as file,
    records.line_number as line_number,
    positions.position as position,
    records.kind as kind,
    records.rank as rank,
    records.thread as thread,
    records.attempt as attempt,
    records.compile_base as compile_base,
    records.compile_id as compile_id,
    records.display_name as display_name,
    positions.occurrence as occurrence,
    concat(
        if(
            records.trace in (select trace from several_ranks),
            concat('rank_', ifNull(toString(records.rank), 'none'), '_'),
            ''
        ),
        records.compile_id,
        if(positions.occurrence > 1, concat('.', toString(positions.occurrence)), '')
    ) as directory,
    positions.record_number as record_number,
    records.metadata as metadata
from records
inner join positions on records.record_id = positions.record_id
