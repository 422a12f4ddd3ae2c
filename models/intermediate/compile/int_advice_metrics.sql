-- one row per finding of a trace from its metrics: limits reached, slow guards, cold caches, autotuning
with
    metrics as (
        select
            metrics.* except (co_name, co_filename, co_firstlineno),
            ifNull(functions.function, '') as function,
            ifNull(functions.function_file, '') as function_file,
            toInt64(ifNull(functions.function_line, 0)) as function_line,
            ifNull(tupleElement(known, 'cache_size'), 0) as cache_size,
            -- older logs have the older name; of first versions the 10 KB of settings are not read
            if(
                cache_size > 0,
                greatest(
                    JSONExtractUInt(ifNull(tupleElement(known, 'dynamo_config'), ''), 'recompile_limit'),
                    JSONExtractUInt(ifNull(tupleElement(known, 'dynamo_config'), ''), 'cache_size_limit')
                ),
                0
            ) as version_limit,
            ifNull(tupleElement(known, 'guard_count'), 0) as guard_count,
            ifNull(tupleElement(known, 'guard_latency_us'), 0) as guard_latency_us,
            ifNull(tupleElement(known, 'inductor_cumulative_compile_time_us'), 0) / 1e3 as inductor_ms,
            ifNull(tupleElement(known, 'compile_time_autotune_time_us'), 0) / 1e3 as compile_tuned_ms,
            -- a record of compiling has this key for a part of the key above
            if(
                {{ is_runtime_kind("kind") }},
                ifNull(tupleElement(known, 'runtime_triton_autotune_time_us'), 0),
                0
            )
            / 1e3 as runtime_tuned_ms
        from {{ ref("int_compile_metrics") }} as metrics
        left join
            {{ ref("int_compile_functions") }} as functions on {{ same_compilation("metrics", "functions") }}
    ),

    functions as (
        select
            trace,
            function,
            function_file,
            function_line,
            max(cache_size + 1) as versions,
            max(metrics.version_limit) as version_limit,
            round(sum(ifNull(metrics.total_ms, 0)), 3) as all_ms,
            countIf(
                fail_type in ('FailOnRecompileLimitHit', 'RecompileLimitExceeded', 'CacheLimitExceeded')
            ) as refused,
            max(guard_latency_us) as slowest_us,
            argMax(guard_count, guard_latency_us) as guards,
            argMax(page, guard_latency_us) as slowest_page,
            argMax(page, tuple(source_number, position)) as last_page,
            count() as records,
            arraySort(groupUniqArray(100)(display_name)) as display_names
        from metrics
        where kind = 'compilation_metrics' and function != ''
        group by trace, function, function_file, function_line
    ),

    tuned as (
        select
            trace,
            function,
            function_file,
            function_line,
            round(sum(compile_tuned_ms)) as compile_ms,
            round(sum(runtime_tuned_ms)) as runtime_ms,
            round(sum(compile_tuned_ms + runtime_tuned_ms), 3) as all_ms,
            count() as records,
            arraySort(groupUniqArray(100)(display_name)) as display_names,
            argMax(page, compile_tuned_ms + runtime_tuned_ms) as slowest_page
        from metrics
        where compile_tuned_ms + runtime_tuned_ms > 0
        group by trace, function, function_file, function_line
    ),

    caches as (
        select
            trace,
            sum(cache_hits) as hits,
            sum(cache_misses) as misses,
            round(sumIf(metrics.inductor_ms, cache_misses > 0), 3) as missed_ms,
            argMax(page, metrics.inductor_ms) as slowest_page
        from metrics
        group by trace
        having misses > 0
    )

select
    trace,
    'recompile_limit' as rule,
    if(refused > 0, 100, 100 * versions / version_limit) as amount,
    concat(
        {{ counted("versions", "version", "versions") }},
        if(version_limit > 0, concat(' of at most ', toString(version_limit)), ''),
        if(refused > 0, concat('; torch refused ', {{ counted("refused", "more", "more") }}), '')
    ) as finding,
    '' as detail,
    '' as link,
    function,
    function_file,
    function_line,
    records as times,
    cast(all_ms as Nullable(Float64)) as cost_ms,
    display_names,
    last_page as page
from functions
where version_limit > 0 or refused > 0
union all
select
    trace,
    'guard_latency' as rule,
    toFloat64(slowest_us) as amount,
    concat(
        toString(slowest_us), ' us for each check of ', {{ counted("guards", "guard", "guards") }}
    ) as finding,
    '' as detail,
    '' as link,
    function,
    function_file,
    function_line,
    records as times,
    cast(null as Nullable(Float64)) as cost_ms,
    display_names,
    slowest_page as page
from functions
where slowest_us > 0
union all
select
    trace,
    'cold_cache' as rule,
    missed_ms as amount,
    concat(
        toString(misses),
        ' of ',
        {{ counted("hits + misses", "lookup", "lookups") }},
        ' missed; Inductor took ',
        toString(round(missed_ms)),
        ' ms for them'
    ) as finding,
    '' as detail,
    '' as link,
    '' as function,
    '' as function_file,
    toInt64(0) as function_line,
    toUInt64(misses) as times,
    cast(missed_ms as Nullable(Float64)) as cost_ms,
    cast([] as Array(String)) as display_names,
    slowest_page as page
from caches
union all
select
    trace,
    'autotuning' as rule,
    all_ms as amount,
    arrayStringConcat(
        arrayFilter(
            part -> not startsWith(part, '0 '),
            [
                concat(toString(compile_ms), ' ms while compiling'),
                concat(toString(runtime_ms), ' ms at run time')
            ]
        ),
        ', '
    ) as finding,
    '' as detail,
    '' as link,
    function,
    function_file,
    function_line,
    records as times,
    cast(all_ms as Nullable(Float64)) as cost_ms,
    display_names,
    slowest_page as page
from tuned
