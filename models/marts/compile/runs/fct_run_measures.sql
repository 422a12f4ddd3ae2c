-- one row per (trace, measure, function): what a run took, over all of it ('' as function) and per function
{{ config(materialized="view") }}

with
    compilations as (select * from {{ ref("fct_run_compilations") }}),

    of_runs as (
        select
            trace,
            '' as function_key,
            '' as file_key,
            sumMap(compilations.phases) as phases,
            sum(compilations.cache_hits) as hits,
            sum(compilations.cache_misses) as misses,
            arrayConcat(
                [tuple('total_ms', 'ms', toFloat64(sum(compilations.total_ms)))],
                arrayMap(
                    phase -> tuple(concat(phase, '_ms'), 'ms', phases[phase]),
                    {{ sql_string_array(phase_names()) }}
                ),
                cast(
                    [
                        tuple('compilations', '', count()),
                        tuple('recompiles', '', countIf(compile_number > 0)),
                        tuple('graph_breaks', '', sum(compilations.graph_breaks)),
                        tuple('failures', '', sum(compilations.failures)),
                        tuple('restarts', '', sum(compilations.restarts)),
                        tuple('unfinished', '', sum(compilations.unfinished)),
                        tuple('guards', '', sum(ifNull(compilations.guard_count, 0))),
                        tuple('cache_hits', '', hits),
                        tuple('cache_misses', '', misses)
                    ],
                    'Array(Tuple(String, String, Float64))'
                ),
                -- a run without lookups has no share
                if(hits + misses > 0, [tuple('cache_miss_share', 'share', misses / (hits + misses))], [])
            ) as measures
        from compilations
        group by trace
    ),

    of_functions as (
        select
            trace,
            function_key,
            file_key,
            [
                tuple('function_ms', 'ms', toFloat64(sum(compilations.total_ms))),
                -- ranks compile the same function, and each has a limit of its own
                tuple(
                    'function_recompiles',
                    '',
                    toFloat64(arrayMax(mapValues(sumMap(map(rank_or_none, toUInt64(compile_number > 0))))))
                )
            ] as measures
        from compilations
        group by trace, function_key, file_key
    ),

    measured as (
        select trace, function_key, file_key, measures
        from of_runs
        union all
        select trace, function_key, file_key, measures
        from of_functions
    )

select
    trace,
    function_key,
    file_key,
    measure_number,
    tupleElement(item, 1) as measure,
    tupleElement(item, 2) as unit,
    round(tupleElement(item, 3), 3) as measured
from measured
array join measures as item, arrayEnumerate(measures) as measure_number
