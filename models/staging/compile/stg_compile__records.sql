-- one row per usable record: its kind, context fields and body, parsed from the JSON
with
    lines as (
        select *
        from {{ ref("stg_compile__lines") }}
        where is_used and door not in ('string_table', 'payload')
    ),

    -- in a log the kind is a key beside the context fields; in intermediate files it is the value of `type`
    kinds as (
        select
            *,
            if(
                door = 'log',
                arrayFirst(key -> {{ is_used_record_kind("key") }}, JSONExtractKeys(record_json)),
                JSONExtractString(record_json, 'type')
            ) as kind
        from lines
    ),

    used_kinds as (select * from kinds where {{ is_used_record_kind("kind") }}),

    -- `!3_5_0_1`: compiled autograd 3, frame 5, compile 0, attempt 1
    intermediate_ids as (
        select
            *,
            extractGroups(
                JSONExtractString(record_json, 'compile_id'),
                '^(?:!([0-9]{1,9}))?_?(?:([0-9]{1,9})_([0-9]{1,9})(?:_([0-9]{1,9}))?)?$'
            ) as id_parts
        from used_kinds
    )

select
    trace,
    source_number,
    file,
    door,
    line_number,
    kind,
    if(door = 'log', '', JSONExtractString(record_json, 'timestamp')) as logged_at,
    JSONExtract(record_json, 'rank', 'Nullable(Int64)') as rank,
    if(
        door = 'log',
        toUInt64OrNull(extract(line, '^[^ ]+ [^ ]+ +([0-9]+) ')),
        JSONExtract(record_json, 'thread', 'Nullable(UInt64)')
    ) as thread,
    {% for part in ["compiled_autograd_id", "frame_id", "frame_compile_id", "attempt"] %}
        if(
            door = 'log',
            JSONExtract(record_json, '{{ part }}', 'Nullable(UInt32)'),
            toUInt32OrNull(id_parts[{{ loop.index }}])
        ) as {{ part }},
    {% endfor %}
    JSONExtractRaw(record_json, if(door = 'log', kind, 'metadata')) as metadata
from intermediate_ids
