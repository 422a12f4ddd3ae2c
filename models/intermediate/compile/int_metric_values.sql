-- one row per value that is not null in a metrics record; a long configuration as a reference to a copy
with
    records as (select * from {{ ref("int_compile_records") }} where {{ is_metrics_kind("kind") }}),

    known_keys as (select * from {{ ref("metric_keys") }}),

    entries as (
        select
            record_id,
            trace,
            tupleElement(pair, 1) as entry_key,
            tupleElement(pair, 2) as raw_value,
            if(startsWith(raw_value, '"'), JSONExtractString(raw_value), raw_value) as text
        from records
        array join JSONExtractKeysAndValuesRaw(metadata) as pair
        where raw_value != 'null'
    )

select
    entries.record_id as record_id,
    entries.trace as trace,
    entries.entry_key as metric_key,
    if(known_keys.position = 0, 1000, known_keys.position) as key_position,
    if(known_keys.category = '', 'other', known_keys.category) as category,
    known_keys.unit as unit,
    entries.text as text,
    if(
        known_keys.unit = 'JSON' and known_keys.category = 'config' and length(entries.text) > 200,
        lower(hex(sipHash64(entries.text))),
        ''
    ) as config_hash
from entries
left join known_keys on entries.entry_key = known_keys.metric_key
