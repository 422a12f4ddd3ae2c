-- one row per (trace, rank, compile id without attempt, occurrence): a compilation, its attempts together
-- A table: every comparison and trend reads it.
{{ config(order_by="(trace, compilation_number)") }}

with
    attempts as (select * from {{ ref("fct_compilations") }}),

    lookups as (select trace, directory, cache_hits, cache_misses from {{ ref("int_attempt_metrics") }}),

    phases as (
        select trace, directory, sumMap(map(phase, time_ms)) as phase_times
        from {{ ref("fct_time_ledger") }}
        group by trace, directory
    ),

    events as (
        select
            trace,
            directory,
            countIf(category = 'graph_break') as graph_breaks,
            groupUniqArrayIf(ifNull(reason, ''), event = 'restart') as break_reasons,
            groupUniqArrayIf(
                concat(ifNull(fail_type, ''), if(reason is null, '', ': '), ifNull(reason, '')),
                event = 'failure'
            ) as failure_reasons
        from {{ ref("fct_compile_failures") }}
        group by trace, directory
    ),

    guards as (
        select trace, directory, groupUniqArray(expression) as guard_expressions
        from {{ ref("fct_fast_guards") }}
        group by trace, directory
    ),

    metrics as (
        select trace, directory, max(guard_count) as guard_count, min(recompile_reason) as recompile_reason
        from {{ ref("fct_compile_metrics") }}
        group by trace, directory
    ),

    compilations as (
        select
            attempts.trace as trace,
            ifNull(attempts.rank, -1) as rank_or_none,
            attempts.compile_base as compile_base,
            attempts.occurrence as occurrence,
            min(attempts.compilation_number) as compilation_number,
            any(attempts.rank) as rank,
            any(attempts.display_name) as any_name,
            ifNull(any(attempts.function), '') as function,
            ifNull(any(attempts.function_file), '') as function_file,
            ifNull(any(attempts.function_line), 0) as function_line,
            -- the last attempt has the metrics
            argMax(attempts.pages[1], attempts.attempt) as page,
            sum(ifNull(attempts.total_ms, 0) + ifNull(attempts.backward_ms, 0)) as total_ms,
            sumMap(phases.phase_times) as phases,
            sum(attempts.failures) as failures,
            sum(attempts.restarts) as restarts,
            countIf(attempts.status = 'unfinished') as unfinished,
            sum(events.graph_breaks) as graph_breaks,
            arraySort(groupUniqArrayArray(events.break_reasons)) as break_reasons,
            arraySort(groupUniqArrayArray(events.failure_reasons)) as failure_reasons,
            sum(lookups.cache_hits) as cache_hits,
            sum(lookups.cache_misses) as cache_misses,
            max(metrics.guard_count) as guard_count,
            arraySort(groupUniqArrayArray(guards.guard_expressions)) as guard_expressions,
            ifNull(min(metrics.recompile_reason), '') as recompile_reason
        from attempts
        left join lookups on attempts.trace = lookups.trace and attempts.directory = lookups.directory
        left join phases on attempts.trace = phases.trace and attempts.directory = phases.directory
        left join events on attempts.trace = events.trace and attempts.directory = events.directory
        left join metrics on attempts.trace = metrics.trace and attempts.directory = metrics.directory
        left join guards on attempts.trace = guards.trace and attempts.directory = guards.directory
        group by attempts.trace, rank_or_none, attempts.compile_base, attempts.occurrence
    ),

    keyed as (
        select
            *,
            -- the function that goes on after a graph break has the break's line in its name, and lines move
            if(
                function = '',
                any_name,
                replaceRegexpOne(function, '^(torch_dynamo_resume_in_.*)_at_[0-9]+$', '\\1')
            ) as function_key,
            -- the file's name and folder: checkouts and environments have other roots
            arrayStringConcat(arraySlice(splitByChar('/', function_file), -2), '/') as file_key,
            toUInt32OrZero(extract(compile_base, '_([0-9]+)$')) as compile_number
        from compilations
    )

select
    trace,
    compilation_number,
    rank,
    rank_or_none,
    compile_base,
    occurrence,
    if(
        compile_base = 'unknown', any_name, concat('[', replaceAll(compile_base, '_', '/'), ']')
    ) as display_name,
    page,
    function,
    function_file,
    function_line,
    function_key,
    file_key,
    compile_number,
    row_number() over (
        partition by trace, rank_or_none, file_key, function_key, function_file, function_line, compile_number
        order by compilation_number
    ) as repeat_number,
    round(total_ms, 3) as total_ms,
    mapApply((phase, time_ms) -> tuple(phase, round(time_ms, 3)), phases) as phases,
    failures,
    restarts,
    unfinished,
    graph_breaks,
    break_reasons,
    failure_reasons,
    cache_hits,
    cache_misses,
    guard_count,
    guard_expressions,
    recompile_reason
from keyed
