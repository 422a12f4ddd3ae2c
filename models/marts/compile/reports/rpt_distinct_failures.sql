-- one row per distinct graph break or failure of a trace (same text), with its places, most expensive first
{{ config(order_by="(trace, failure_number)") }}

with
    events as (select * from {{ ref("fct_compile_failures") }}),

    compilations as (select * from {{ ref("fct_compilations") }}),

    located as (
        select
            events.* except (co_name, co_filename, co_firstlineno),
            ifNull(events.fail_type, '') as fail_type_or_none,
            ifNull(events.reason, '') as reason_text,
            coalesce(events.fail_user_frame_filename, compilations.function_file, '') as user_file,
            toInt64(coalesce(events.fail_user_frame_lineno, compilations.function_line, 0)) as user_line,
            ifNull(compilations.function, '') as function,
            compilations.display_name as display_name
        from events
        left join
            compilations on events.trace = compilations.trace and events.directory = compilations.directory
            settings join_use_nulls = 1
    ),

    places as (
        select
            trace,
            event,
            category,
            fail_type_or_none,
            reason_text,
            user_file,
            user_line,
            function,
            count() as place_times,
            ifNull(sum(located.lost_ms), 0) as place_ms,
            min(event_number) as place_event,
            groupUniqArray(100)
            (assumeNotNull(display_name)) as place_names,
            argMin(located.page, event_number) as place_page
        from located
        group by trace, event, category, fail_type_or_none, reason_text, user_file, user_line, function
    ),

    reasons as (
        select
            trace,
            event,
            category,
            fail_type_or_none,
            reason_text,
            sum(place_times) as times,
            round(sum(place_ms), 3) as lost_ms,
            min(place_event) as first_event,
            arraySlice(
                arraySort(arrayDistinct(arrayFlatten(groupArray(place_names)))), 1, 100
            ) as display_names,
            argMin(place_page, place_event) as first_page,
            arraySort(
                place -> tuple(- tupleElement(place, 5), tupleElement(place, 7)),
                groupArray(
                    tuple(
                        function,
                        user_file,
                        user_line,
                        place_times,
                        round(place_ms, 3),
                        place_page,
                        place_event
                    )
                )
            ) as sorted_places
        from places
        group by trace, event, category, fail_type_or_none, reason_text
    )

select
    trace,
    row_number() over (partition by trace order by lost_ms desc, times desc, first_event) as failure_number,
    event,
    category,
    fail_type_or_none as fail_type,
    reason_text as reason,
    tupleElement(sorted_places[1], 2) as user_file,
    tupleElement(sorted_places[1], 3) as user_line,
    tupleElement(sorted_places[1], 1) as function,
    times,
    lost_ms,
    display_names,
    first_page,
    length(sorted_places) as places,
    -- the 50 dearest; the list in log order has all of them
    arrayMap(
        place -> cast(
            tuple(
                tupleElement(place, 1),
                tupleElement(place, 2),
                tupleElement(place, 3),
                tupleElement(place, 4),
                tupleElement(place, 5),
                tupleElement(place, 6)
            ),
            'Tuple(function String, file String, line Int64, times UInt64, lost_ms Float64, page String)'
        ),
        arraySlice(sorted_places, 1, 50)
    ) as dearest_places
from reasons
