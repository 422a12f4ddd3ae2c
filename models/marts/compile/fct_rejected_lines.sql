-- one row per line of a trace that was set aside, or used only after a repair
{{ config(order_by="(trace, source_number, file, line_number)") }}

with lines as (select * from {{ ref("stg_compile__lines") }} where reason != '' and door != 'payload')

select
    trace,
    source_number,
    file,
    line_number,
    cast(reason as String) as reason,
    toBool(is_used) as is_used,
    toValidUTF8(substring(line, 1, 500)) as line_start
from lines
