-- one row per interned string and the line from which it is valid: each file numbers its strings from 0
with
    records as (select * from {{ ref("int_trace_records") }} where kind = 'str'),

    tables as (select * from {{ ref("stg_compile__lines") }} where door = 'string_table' and is_used),

    logged as (
        select
            trace,
            source_number,
            line_number as from_line,
            toUInt32OrNull(JSONExtractRaw(metadata, 2)) as string_number,
            JSONExtractString(metadata, 1) as string
        from records
    ),

    stored as (
        select
            trace,
            source_number,
            toUInt64(0) as from_line,
            toUInt32OrNull(tupleElement(entry, 1)) as string_number,
            tupleElement(entry, 2) as string
        from tables
        array join JSONExtractKeysAndValues(record_json, 'String') as entry
    )

select trace, source_number, from_line, assumeNotNull(string_number) as string_number, string
from logged
where string_number is not null
union all
select trace, source_number, from_line, assumeNotNull(string_number) as string_number, string
from stored
where string_number is not null
