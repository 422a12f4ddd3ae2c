-- one row per failure or restart of a compilation, in log order, a record's restarts before its failure
{{ config(order_by="(trace, event_number)") }}

with
    events as (select * from {{ ref("int_compile_events") }}),

    categories as (select * from {{ ref("failure_categories") }})

select
    events.trace as trace,
    row_number() over (
        partition by events.trace
        order by events.source_number, events.position, events.file, events.number_in_record
    ) as event_number,
    events.event as event,
    multiIf(
        events.event = 'restart', 'graph_break', categories.category = '', 'other', categories.category
    ) as category,
    events.event_fail_type as fail_type,
    events.reason as reason,
    events.rank as rank,
    events.compile_id as compile_id,
    events.directory as directory,
    events.kind as kind,
    events.page as page,
    events.file as file,
    events.line_number as line_number,
    events.co_name as co_name,
    events.co_filename as co_filename,
    events.co_firstlineno as co_firstlineno,
    events.fail_user_frame_filename as fail_user_frame_filename,
    events.fail_user_frame_lineno as fail_user_frame_lineno,
    events.lost_ms as lost_ms
from events
left join categories on ifNull(events.event_fail_type, '') = categories.fail_type
