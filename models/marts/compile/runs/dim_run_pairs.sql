-- one row per ordered pair of traces: what can be compared, and which pairs have a page
{{ config(materialized="view") }}

with traces as (select trace, trace_name, run_number, previous_trace, folder from {{ ref("dim_traces") }})

select
    earlier.trace as before_trace,
    later.trace as after_trace,
    toBool(later.previous_trace = earlier.trace) as is_previous_pair,
    later.trace_name as trace_name,
    later.run_number as run_number,
    -- names with two dots would be ambiguous, and long ones too long for a file
    concat(
        'compare/',
        if(
            length(earlier.folder) + length(later.folder) > 180
            or position(earlier.folder, '..') > 0
            or position(later.folder, '..') > 0,
            lower(hex(sipHash128(earlier.folder, later.folder))),
            concat(earlier.folder, '..', later.folder)
        ),
        '.html'
    ) as page
from traces as earlier
cross join traces as later
where earlier.trace != later.trace
