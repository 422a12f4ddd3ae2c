-- one row per function of a trace that was compiled more than once, most often first
{{ config(order_by="(trace, function_number)") }}

with
    metrics as (
        select *
        from {{ ref("fct_compile_metrics") }}
        where kind = 'compilation_metrics' and co_name is not null
    ),

    functions as (
        select
            trace,
            ifNull(co_name, '') as function,
            ifNull(co_filename, '') as function_file,
            ifNull(co_firstlineno, 0) as function_line,
            count() as compilations,
            countIf(recompile_reason is not null) as with_reason,
            round(sum(ifNull(metrics.total_ms, 0)), 3) as all_ms,
            groupUniqArrayIf(50)
            (assumeNotNull(recompile_reason), recompile_reason is not null) as reasons,
            groupArray(100)
            (display_name) as display_names,
            min(tuple(source_number, position)) as first_seen
        from metrics
        group by trace, function, function_file, function_line
        having compilations > 1
    )

select
    trace,
    row_number() over (
        partition by trace order by compilations desc, all_ms desc, first_seen
    ) as function_number,
    function,
    function_file,
    function_line,
    compilations,
    with_reason as recompiles_with_reason,
    all_ms as total_ms,
    arraySort(reasons) as recompile_reasons,
    display_names
from functions
