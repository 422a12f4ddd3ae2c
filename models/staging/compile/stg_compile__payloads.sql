-- one row per stored payload: its name, the context of its record, and its JSON
with
    lines as (select * from {{ ref("stg_compile__lines") }} where is_used and door = 'payload'),

    records as (
        select
            trace,
            source_number,
            file,
            line_number,
            JSONExtractRaw(record_json, 'record') as record,
            JSONExtractRaw(record_json, 'payload') as payload,
            JSONExtract(record, 'compiled_autograd_id', 'Nullable(UInt32)') as autograd_number,
            JSONExtract(record, 'frame_id', 'Nullable(UInt32)') as frame_number,
            JSONExtract(record, 'frame_compile_id', 'Nullable(UInt32)') as compile_number,
            ifNull(JSONExtract(record, 'attempt', 'Nullable(UInt32)'), 0) as attempt
        from lines
    )

select
    trace,
    source_number,
    file,
    line_number,
    if(
        JSONHas(record, 'artifact'), JSONExtractString(record, 'artifact', 'name'), 'chromium_event'
    ) as payload_name,
    JSONExtract(record, 'rank', 'Nullable(Int64)') as rank,
    if(
        frame_number is null or compile_number is null,
        'unknown',
        concat(
            ifNull(concat('!', toString(autograd_number), '_'), ''),
            assumeNotNull(concat(toString(frame_number), '_', toString(compile_number))),
            '_',
            toString(attempt)
        )
    ) as compile_id,
    payload
from records
