-- one row per finding of a trace about its graph breaks and failures: per distinct text and line, and
-- restarts in all; and about compilations without an end
{{ config(materialized="view") }}

with
    failures as (select * from {{ ref("rpt_distinct_failures") }}),

    causes as (
        select arraySort(groupArray(tuple(cause_number, pattern, rule))) as known_causes
        from {{ ref("failure_causes") }}
    ),

    totals as (
        select trace, ifNull(sum(total_ms), 0) as all_ms from {{ ref("fct_compilations") }} group by trace
    ),

    breaks as (
        select
            *,
            arrayStringConcat(arraySlice(extractAll(reason, 'Hint: ([^\n]+)'), 1, 3), '\n') as hints,
            -- only torch's own pages become links
            extract(
                reason, 'https://meta-pytorch[.]github[.]io/compile-graph-break-site/gb/gb[0-9]+[.]html'
            ) as torch_page,
            if(event = 'failure', concat(fail_type, ': '), '') as class,
            {{ failure_headline("reason") }} as headline,
            arrayFirst(
                cause -> match(concat(class, reason), tupleElement(cause, 2)), causes.known_causes
            ) as first_cause
        from failures
        cross join causes
    ),

    unfinished as (
        select
            trace,
            count() as compilations,
            argMax(ifNull(function, ''), compilation_number) as last_function,
            argMax(ifNull(function_file, ''), compilation_number) as last_file,
            argMax(ifNull(function_line, 0), compilation_number) as last_line,
            arraySlice(arraySort(groupUniqArray(display_name)), 1, 100) as display_names,
            argMax(pages[1], compilation_number) as last_page
        from {{ ref("fct_compilations") }}
        where status = 'unfinished'
        group by trace
    ),

    restarts as (
        select
            failures.trace as trace,
            sum(failures.times) as restarts,
            round(sum(failures.lost_ms), 3) as restarts_ms,
            any(totals.all_ms) as all_ms
        from failures
        inner join totals on failures.trace = totals.trace
        where failures.event = 'restart' and totals.all_ms > 0
        group by failures.trace
    )

select
    trace,
    multiIf(
        event = 'restart' or category = 'graph_break',
        'graph_break',
        tupleElement(first_cause, 3) != '',
        tupleElement(first_cause, 3),
        'failed_compilation'
    ) as rule,
    toFloat64(times) as amount,
    concat(
        class,
        if(lengthUTF8(headline) > 300, concat(substringUTF8(headline, 1, 300), '…'), headline),
        if(times = 1, '', concat(' (', toString(times), ' times)'))
    ) as finding,
    hints as detail,
    torch_page as link,
    function,
    user_file as function_file,
    user_line as function_line,
    times,
    cast(lost_ms as Nullable(Float64)) as cost_ms,
    display_names,
    first_page as page
from breaks
union all
select
    trace,
    'restart_share' as rule,
    100 * restarts_ms / all_ms as amount,
    concat(
        {{ counted("restarts", "restart", "restarts") }},
        ' took ',
        toString(round(restarts_ms)),
        ' ms, ',
        toString(round(100 * restarts_ms / all_ms, 1)),
        ' % of the compile time'
    ) as finding,
    '' as detail,
    '' as link,
    '' as function,
    '' as function_file,
    toInt64(0) as function_line,
    restarts as times,
    -- the breaks have these times already
    cast(null as Nullable(Float64)) as cost_ms,
    cast([] as Array(String)) as display_names,
    '' as page
from restarts
union all
select
    trace,
    'unfinished' as rule,
    toFloat64(compilations) as amount,
    {{ counted("compilations", "compilation", "compilations") }} as finding,
    '' as detail,
    '' as link,
    last_function as function,
    last_file as function_file,
    toInt64(last_line) as function_line,
    compilations as times,
    cast(null as Nullable(Float64)) as cost_ms,
    display_names,
    last_page as page
from unfinished
