-- one row per metrics record: its function, when it began, how its time divides into phases, what its page
-- says
-- A table: what the pages of a trace read of times starts from it, not from the hundred columns of the
-- metrics.
{{ config(order_by="(trace, record_number)") }}

with
    metrics as (
        select
            trace,
            page,
            directory,
            kind,
            display_name,
            rank,
            thread,
            file,
            line_number,
            row_number() over (partition by trace order by source_number, position, page) as record_number,
            toBool(fail_type is not null) as is_failure,
            length(restart_reasons) as restarts,
            recompile_reason,
            total_ms,
            backend_ms,
            greatest(ifNull(total_ms, 0), 0) as spent_ms,
            {{ logged_start_ms() }} as logged_start_ms
        from {{ ref("fct_compile_metrics") }}
    ),

    compilations as (
        select
            trace,
            directory,
            cache_status,
            ifNull(function, '') as function,
            ifNull(function_file, '') as function_file,
            ifNull(function_line, 0) as function_line
        from {{ ref("fct_compilations") }}
    ),

    phases as (
        select
            trace,
            page,
            groupArray(phase) as names,
            groupArray(greatest(time_ms, 0)) as times,
            -- a phase that the record lacks has the time 0
            arrayMap(name -> times[indexOf(names, name)], {{ sql_string_array(phase_names()) }}) as phase_ms
        from {{ ref("fct_time_ledger") }}
        group by trace, page
    ),

    records as (
        select
            metrics.trace as trace,
            metrics.record_number as record_number,
            metrics.page as page,
            metrics.directory as directory,
            metrics.kind as kind,
            metrics.display_name as display_name,
            metrics.rank as rank,
            metrics.thread as thread,
            metrics.file as file,
            metrics.line_number as line_number,
            metrics.is_failure as is_failure,
            metrics.restarts as restarts,
            metrics.recompile_reason as recompile_reason,
            compilations.cache_status as cache_status,
            compilations.function as function,
            compilations.function_file as function_file,
            compilations.function_line as function_line,
            metrics.total_ms as total_ms,
            metrics.backend_ms as backend_ms,
            metrics.spent_ms as spent_ms,
            phases.phase_ms as phase_ms,
            metrics.logged_start_ms as logged_start_ms
        from metrics
        inner join
            compilations on metrics.trace = compilations.trace and metrics.directory = compilations.directory
        left join phases on metrics.trace = phases.trace and metrics.page = phases.page
    ),

    -- a damaged time would stretch the axis: a start far from the others is no start
    placed as (
        select
            *,
            quantileExact(0.5)
            (logged_start_ms) over (partition by trace) as middle_ms,
            if(abs(logged_start_ms - middle_ms) < 30 * 86400e3, logged_start_ms, null) as started_ms
        from records
    ),

    summed as (
        select
            *,
            min(started_ms) over (partition by trace) as first_ms,
            sum(spent_ms) over (partition by trace, rank) as rank_ms,
            sum(spent_ms) over (partition by trace, rank, function_file) as file_ms,
            sum(spent_ms) over (
                partition by trace, rank, function_file, function, function_line
            ) as function_ms,
            sum(spent_ms) over (
                partition by trace, function_file, function, function_line
            ) as function_ms_of_all_ranks
        from placed
    )

select
    trace,
    record_number,
    page,
    directory,
    kind,
    display_name,
    rank,
    thread,
    file,
    line_number,
    is_failure,
    restarts,
    recompile_reason,
    cache_status,
    dense_rank() over (
        partition by trace order by function_ms_of_all_ranks desc, function, function_file, function_line
    ) as function_number,
    function,
    function_file,
    function_line,
    -- a client also reads the value behind a null: it must be a date
    if(
        started_ms is null, null, fromUnixTimestamp64Micro(toInt64(ifNull(started_ms, 0) * 1e3), 'UTC')
    ) as started_at,
    round(started_ms - first_ms, 3) as start_ms,
    total_ms,
    backend_ms,
    spent_ms,
    phase_ms,
    -- side by side by rank, file and function, dearest first: where the record begins
    round(
        ifNull(
            sum(spent_ms) over (
                partition by trace
                order by
                    rank_ms desc,
                    rank,
                    file_ms desc,
                    function_file,
                    function_ms desc,
                    function,
                    function_line,
                    spent_ms desc,
                    record_number
                rows between unbounded preceding and 1 preceding
            ),
            0
        ),
        3
    ) as offset_ms
from summed
