-- one row per failure or restart of a compilation, with what it cost
with
    metrics as (select * from {{ ref("fct_compile_metrics") }}),

    -- the texts of a record's restarts are a set: they share the time that was lost
    restarts as (
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
            'restart' as event,
            cast(null as Nullable(String)) as event_fail_type,
            cast(restart_reason as Nullable(String)) as reason,
            toUInt64(reason_number) as number_in_record,
            coalesce(dynamo_compile_time_before_restart_us / 1e3, dynamo_time_before_restart_s * 1e3)
            / length(restart_reasons) as lost_ms
        from metrics
        array join restart_reasons as restart_reason, arrayEnumerate(restart_reasons) as reason_number
    ),

    failures as (
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
            'failure' as event,
            fail_type as event_fail_type,
            fail_reason as reason,
            toUInt64(length(restart_reasons) + 1) as number_in_record,
            total_ms as lost_ms
        from metrics
        where fail_type is not null
    )

select *
from restarts
union all
select *
from failures
