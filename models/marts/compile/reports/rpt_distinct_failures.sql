-- one row per distinct graph break or failure of a trace (same text, same line), most expensive first
{{ config(order_by="(trace, failure_number)") }}

with
    events as (select * from {{ ref("fct_compile_failures") }}),

    compilations as (select * from {{ ref("fct_compilations") }}),

    located as (
        select
            events.* except (co_name, co_filename, co_firstlineno),
            coalesce(events.fail_user_frame_filename, compilations.function_file, '') as user_file,
            toInt64(coalesce(events.fail_user_frame_lineno, compilations.function_line, 0)) as user_line,
            ifNull(compilations.function, '') as function,
            compilations.display_name as display_name
        from events
        left join
            compilations on events.trace = compilations.trace and events.directory = compilations.directory
            settings join_use_nulls = 1
    ),

    distinct_events as (
        select
            trace,
            event,
            category,
            ifNull(fail_type, '') as fail_type_or_none,
            ifNull(reason, '') as reason_text,
            user_file,
            user_line,
            function,
            count() as times,
            round(ifNull(sum(located.lost_ms), 0), 3) as total_lost_ms,
            min(event_number) as first_event,
            groupUniqArray(100)
            (assumeNotNull(display_name)) as display_names,
            argMin(located.page, event_number) as first_page
        from located
        group by trace, event, category, fail_type_or_none, reason_text, user_file, user_line, function
    )

select
    trace,
    row_number() over (
        partition by trace order by total_lost_ms desc, times desc, first_event
    ) as failure_number,
    event,
    category,
    fail_type_or_none as fail_type,
    reason_text as reason,
    user_file,
    user_line,
    function,
    times,
    total_lost_ms as lost_ms,
    arraySort(display_names) as display_names,
    first_page
from distinct_events
