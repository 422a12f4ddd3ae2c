-- one row per failure or restart of a compilation, with what it cost
with
    metrics as (select * from {{ ref("int_compile_metrics") }}),

    -- a record's restarts come before its failure; a fail_type without a reason is a failure, too
    listed as (
        select
            *,
            cast(
                arrayConcat(
                    arrayMap(restart_reason -> tuple('restart', null, restart_reason), restart_reasons),
                    if(fail_type is null, [], [tuple('failure', fail_type, fail_reason)])
                ),
                'Array(Tuple(event String, fail_type Nullable(String), reason Nullable(String)))'
            ) as record_events
        from metrics
    )

select
    trace,
    source_number,
    position,
    file,
    line_number,
    kind,
    rank,
    compile_id,
    directory,
    page,
    co_name,
    co_filename,
    co_firstlineno,
    fail_user_frame_filename,
    fail_user_frame_lineno,
    tupleElement(record_event, 'event') as event,
    tupleElement(record_event, 'fail_type') as event_fail_type,
    tupleElement(record_event, 'reason') as reason,
    number_in_record,
    -- torch logs a set of restart reasons and one lost time, so the reasons share the time
    if(
        event = 'failure',
        total_ms,
        coalesce(dynamo_compile_time_before_restart_us / 1e3, dynamo_time_before_restart_s * 1e3)
        / length(restart_reasons)
    ) as lost_ms
from listed
array join record_events as record_event, arrayEnumerate(record_events) as number_in_record
