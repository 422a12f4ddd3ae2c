-- one row per span of torch's own that began and ended in the log, with the time that no inner span has
with
    events as (
        select
            trace,
            rank,
            source_number,
            line_number,
            compile_id,
            JSONExtractString(payload, 'name') as span_name,
            JSONExtractString(payload, 'ph') = 'B' as is_start,
            JSONExtractFloat(payload, 'ts') as at_us,
            JSONExtractRaw(payload, 'tid') as thread
        from {{ ref("int_trace_payloads") }}
        where payload_name = 'chromium_event' and JSONExtractString(payload, 'ph') in ('B', 'E')
    ),

    -- spans of one name may lie in each other: an end belongs to the start of its depth
    leveled as (
        select
            *,
            sum(if(is_start, 1, -1)) over (
                partition by trace, source_number, thread, span_name order by line_number
            )
            + if(is_start, 0, 1) as level
        from events
    ),

    neighbours as (
        select
            *,
            leadInFrame(is_start, 1, true) over same_level as next_is_start,
            lagInFrame(is_start, 1, false) over same_level as previous_is_start,
            leadInFrame(at_us) over same_level as next_at_us
        from leveled
        window
            same_level as (
                partition by trace, source_number, thread, span_name, level
                order by line_number
                rows between unbounded preceding and unbounded following
            )
    ),

    -- a log that was cut short has starts without an end
    whole as (
        select
            *,
            sum(if(is_start, 1, -1)) over log_order as depth,
            leadInFrame(at_us) over whole_log as following_us
        from neighbours
        where if(is_start, not next_is_start, previous_is_start)
        window
            log_order as (partition by trace, source_number, thread order by line_number),
            whole_log as (
                partition by trace, source_number, thread
                order by line_number
                rows between unbounded preceding and unbounded following
            )
    ),

    -- the time until the next event is the innermost open span's: the last start of this depth
    owned as (
        select
            *,
            anyLast(if(is_start, line_number, null)) over (
                partition by trace, source_number, thread, depth
                order by line_number
                rows between unbounded preceding and current row
            ) as owner_line
        from whole
    ),

    own_times as (
        select trace, source_number, owner_line, sum(greatest(following_us - at_us, 0)) as own_us
        from owned
        where depth > 0
        group by trace, source_number, owner_line
    )

select
    owned.trace as trace,
    owned.rank as rank,
    owned.source_number as source_number,
    owned.line_number as line_number,
    owned.compile_id as compile_id,
    owned.span_name as span_name,
    greatest(owned.next_at_us - owned.at_us, 0) / 1e3 as span_ms,
    own_times.own_us / 1e3 as own_ms
from owned
inner join
    own_times
    on owned.trace = own_times.trace
    and owned.source_number = own_times.source_number
    and owned.line_number = own_times.owner_line
where owned.is_start
