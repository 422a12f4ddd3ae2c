-- one row per rank of a trace of several ranks, and per rank between them that has no log
{{ config(materialized="view") }}

with
    steps as (select * from {{ ref("rpt_rank_steps") }}),

    ids as (
        select trace, compile_id, occurrence, min(steps.step_number) as first_step
        from steps
        group by trace, compile_id, occurrence
    ),

    done as (
        select
            steps.trace as trace,
            steps.rank as rank,
            count() as compilations,
            sum(steps.failures) as failures,
            sum(steps.restarts) as restarts,
            round(sum(steps.compile_ms), 3) as total_ms,
            max(ids.first_step) as last_order,
            argMax(steps.display_name, steps.step_number) as last_display_name,
            argMax(steps.function, steps.step_number) as last_function,
            argMax(steps.page, steps.step_number) as last_page,
            argMax(steps.status, steps.step_number) as last_status
        from steps
        inner join
            ids
            on steps.trace = ids.trace
            and steps.compile_id = ids.compile_id
            and steps.occurrence = ids.occurrence
        group by steps.trace, steps.rank
    ),

    -- ids of other ranks that come after all that this rank compiled
    later as (
        select done.trace as trace, done.rank as rank, countIf(ids.first_step > done.last_order) as later_ids
        from done
        inner join ids on done.trace = ids.trace
        group by done.trace, done.rank
    ),

    -- the number of ranks is not logged: those between 0 and the highest one must exist
    numbers as (
        select trace, arrayJoin(range(toUInt64(least(max(done.rank), 4095) + 1))) as number
        from done
        where rank >= 0
        group by trace
    )

select
    numbers.trace as trace,
    toInt64(numbers.number) as rank,
    multiIf(
        done.compilations = 0,
        'no log',
        done.last_status = 'unfinished',
        'ends in a compilation',
        later.later_ids > 0,
        'ends early',
        'complete'
    ) as state,
    done.compilations as compilations,
    done.failures as failures,
    done.restarts as restarts,
    done.total_ms as total_ms,
    done.last_display_name as last_display_name,
    done.last_function as last_function,
    done.last_page as last_page,
    later.later_ids as later_ids
from numbers
left join done on numbers.trace = done.trace and toInt64(numbers.number) = done.rank
left join later on numbers.trace = later.trace and toInt64(numbers.number) = later.rank
