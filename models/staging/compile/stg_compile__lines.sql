-- one row per stored line of the current loads, with its JSON and whether it can be used
with
    traces as (select trace, load_id from {{ ref("stg_compile__traces") }}),

    lines as (
        select
            load_id,
            source_number,
            cast(file as String) as file,
            door,
            line_number,
            line,
            {{ trace_record_json() }} as record_json,
            {{ trace_line_reason() }} as reason
        from {{ source("traces", "trace_lines") }}
        where load_id in (select load_id from traces)
    )

select
    traces.trace as trace,
    lines.source_number as source_number,
    lines.file as file,
    lines.door as door,
    lines.line_number as line_number,
    lines.line as line,
    lines.record_json as record_json,
    lines.reason as reason,
    lines.reason in ('', {{ sql_string(repaired_reason()) }}) as is_used
from lines
inner join traces on lines.load_id = traces.load_id
