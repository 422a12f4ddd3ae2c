-- one row per (pair of traces, change of a function or of a compilation), those that cost or saved most first
-- A view of all pairs: a reader chooses one pair, or each run and the run before it. Windows are by all
-- that readers
-- choose by: else the engine would compare all pairs first (50 runs: 46 s, not 2 s).
{{ config(materialized="view") }}

with
    matches as (select * from {{ ref("fct_run_matches") }}),

    compared as (
        select
            *,
            before_compilations > 0 and after_compilations > 0 as is_matched,
            after_total_ms - before_total_ms as cost_ms,
            {{ is_beyond("before_total_ms", "after_total_ms") }} as is_total_changed,
            arraySort(
                phase -> - abs(tupleElement(phase, 3) - tupleElement(phase, 2)),
                arrayFilter(
                    phase -> {{ is_beyond("tupleElement(phase, 2)", "tupleElement(phase, 3)") }},
                    arrayMap(
                        phase -> tuple(phase, before_phases[phase], after_phases[phase]),
                        arraySort(arrayDistinct(arrayConcat(mapKeys(before_phases), mapKeys(after_phases))))
                    )
                )
            ) as changed_phases,
            {{ texts_without("after_failure_reasons", "before_failure_reasons") }} as new_failures,
            {{ texts_without("before_failure_reasons", "after_failure_reasons") }} as gone_failures,
            {{ texts_without("after_break_reasons", "before_break_reasons") }} as new_breaks,
            {{ texts_without("before_break_reasons", "after_break_reasons") }} as gone_breaks,
            {{ texts_without("after_guard_expressions", "before_guard_expressions") }} as new_guards,
            {{ texts_without("before_guard_expressions", "after_guard_expressions") }} as gone_guards
        from matches
    ),

    -- what is said of a function is said once, on its first compilation that has no match
    by_function as (
        select
            *,
            row_number() over (of_function order by is_matched, compile_number, repeat_number)
            = 1 as is_first,
            sum(before_compilations) over of_function as before_times,
            sum(after_compilations) over of_function as after_times,
            sum(if(is_matched, 0, cost_ms)) over of_function as unmatched_ms,
            groupUniqArrayIf(
                after_recompile_reason, not is_matched and after_recompile_reason != ''
            ) over of_function as reasons
        from compared
        window
            of_function as (
                partition by
                    before_trace,
                    after_trace,
                    is_previous_pair,
                    rank_or_none,
                    file_key,
                    function_key,
                    code_key
            )
    ),

    named as (
        select
            *,
            multiIf(
                not is_first or before_times = after_times,
                '',
                before_times = 0,
                'new',
                after_times = 0,
                'gone',
                after_times > before_times,
                'recompiled_more',
                'recompiled_less'
            ) as function_change,
            multiIf(
                not is_matched,
                '',
                is_total_changed,
                if(cost_ms > 0, 'slower', 'faster'),
                arrayExists(
                    phase
                    -> {{ is_beyond("tupleElement(phase, 2)", "tupleElement(phase, 3)", "before_total_ms") }},
                    changed_phases
                ),
                'time_moved',
                ''
            ) as time_change,
            multiIf(
                not is_matched,
                '',
                before_cache_hits > after_cache_hits and before_cache_misses < after_cache_misses,
                'cache_lost',
                before_cache_hits < after_cache_hits and before_cache_misses > after_cache_misses,
                'cache_gained',
                ''
            ) as cache_change,
            multiIf(
                notEmpty(new_failures) or after_failures > before_failures, 'new_failure', ''
            ) as new_failure,
            multiIf(
                notEmpty(gone_failures) or after_failures < before_failures, 'failure_gone', ''
            ) as failure_gone,
            -- a new reason says more than one restart more
            multiIf(
                notEmpty(new_breaks), 'new_break_reason', after_restarts > before_restarts, 'new_restart', ''
            ) as new_break,
            multiIf(
                notEmpty(gone_breaks),
                'break_reason_gone',
                after_restarts < before_restarts,
                'restart_gone',
                ''
            ) as break_gone,
            multiIf(
                is_matched and (notEmpty(new_guards) or after_guard_count > before_guard_count),
                'guards_added',
                ''
            ) as guards_added,
            multiIf(
                is_matched and (notEmpty(gone_guards) or after_guard_count < before_guard_count),
                'guards_gone',
                ''
            ) as guards_gone
        from by_function
    ),

    listed as (
        select
            *,
            arrayFilter(
                item -> tupleElement(item, 'change') != '',
                cast(
                    [
                        tuple(function_change, before_times, after_times, unmatched_ms, reasons),
                        tuple(time_change, before_total_ms, after_total_ms, cost_ms, []),
                        tuple(cache_change, before_cache_misses, after_cache_misses, cost_ms, []),
                        tuple(new_failure, before_failures, after_failures, cost_ms, new_failures),
                        tuple(failure_gone, before_failures, after_failures, cost_ms, gone_failures),
                        tuple(new_break, before_restarts, after_restarts, cost_ms, new_breaks),
                        tuple(break_gone, before_restarts, after_restarts, cost_ms, gone_breaks),
                        tuple(guards_added, before_guard_count, after_guard_count, cost_ms, new_guards),
                        tuple(guards_gone, before_guard_count, after_guard_count, cost_ms, gone_guards)
                    ],
                    'Array(Tuple(change String, before_value Nullable(Float64), after_value Nullable(Float64), change_ms Float64, texts Array(String)))'
                )
            ) as changes
        from named
    )

select
    before_trace,
    after_trace,
    row_number() over (
        partition by before_trace, after_trace, is_previous_pair
        order by
            abs(tupleElement(item, 'change_ms')) desc,
            file_key,
            function_key,
            code_key,
            compile_number,
            repeat_number,
            tupleElement(item, 'change')
    ) as change_number,
    is_previous_pair,
    tupleElement(item, 'change') as change,
    nullIf(rank_or_none, -1) as rank,
    if(after_compilations > 0, after_function, before_function) as function,
    if(after_compilations > 0, after_function_file, before_function_file) as function_file,
    if(before_compilations > 0, before_function_line, null) as before_line,
    if(after_compilations > 0, after_function_line, null) as after_line,
    before_display_name,
    after_display_name,
    before_page,
    after_page,
    tupleElement(item, 'before_value') as before_value,
    tupleElement(item, 'after_value') as after_value,
    round(tupleElement(item, 'change_ms'), 3) as change_ms,
    tupleElement(item, 'texts') as texts,
    cast(
        if(change in ('slower', 'faster', 'time_moved'), changed_phases, []),
        'Array(Tuple(phase String, before_ms Float64, after_ms Float64))'
    ) as phases
from listed
array join changes as item
