-- one row per function of a trace: what compiling it cost, dearest first
{{ config(materialized="view") }}

with
    records as (
        select *, tuple(spent_ms, - toInt64(record_number)) as cost from {{ ref("fct_record_times") }}
    ),

    functions as (
        select
            trace,
            function_number,
            function,
            function_file,
            function_line,
            uniqExact(directory) as compilations,
            uniqExact(ifNull(rank, -1)) as ranks,
            countIf(is_failure) as failures,
            sum(records.restarts) as all_restarts,
            sum(spent_ms) as all_ms,
            sumForEach(phase_ms) as phase_times,
            argMax(page, cost) as dearest_page,
            argMax(display_name, cost) as dearest_name,
            max(spent_ms) as most_ms
        from records
        group by trace, function_number, function, function_file, function_line
    )

select
    trace,
    function_number,
    function,
    function_file,
    function_line,
    compilations,
    ranks,
    failures,
    all_restarts as restarts,
    round(all_ms, 3) as total_ms,
    if(sum(all_ms) over (partition by trace) > 0, all_ms / sum(all_ms) over (partition by trace), 0) as share,
    {{ phase_parts("phase_times", "all_ms") }} as phases,
    dearest_page,
    dearest_name,
    most_ms as dearest_ms
from functions
