-- one row per record that models read: its fields, parsed once from the JSON
{{ config(materialized="table", order_by="(trace, kind, source_number, line_number)") }}

with
    records as (select * from {{ ref("stg_compile__records") }}),

    file_ranks as (select trace, source_number, rank as file_rank from {{ ref("int_file_ranks") }}),

    identified as (
        select
            records.*,
            frame_id is not null and frame_compile_id is not null as has_frame,
            coalesce(records.rank, file_ranks.file_rank) as process_rank
        from records
        left join
            file_ranks
            on records.trace = file_ranks.trace
            and records.source_number = file_ranks.source_number
            settings join_use_nulls = 1
    )

select
    {{ record_id() }} as record_id,
    identified.trace as trace,
    identified.source_number as source_number,
    identified.file as file,
    identified.door as door,
    identified.line_number as line_number,
    identified.kind as kind,
    identified.logged_at as logged_at,
    process_rank as rank,
    identified.thread as thread,
    if(has_frame, ifNull(attempt, 0), 0) as attempt,
    -- the id without its attempt: all attempts of a compilation share it
    multiIf(
        has_frame,
        concat(
            ifNull(concat('!', toString(compiled_autograd_id), '_'), ''),
            assumeNotNull(concat(toString(frame_id), '_', toString(frame_compile_id)))
        ),
        compiled_autograd_id is not null,
        assumeNotNull(concat('!', toString(compiled_autograd_id))),
        'unknown'
    ) as compile_base,
    if(has_frame, concat(compile_base, '_', toString(attempt)), compile_base) as compile_id,
    multiIf(
        compile_base = 'unknown',
        '(no id)',
        concat(
            '[', replaceAll(compile_base, '_', '/'), if(attempt > 0, concat('_', toString(attempt)), ''), ']'
        )
    ) as display_name,
    identified.metadata as metadata
from identified
