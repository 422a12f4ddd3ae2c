-- one row per (trace, rank, compile id, occurrence): an attempt to compile a frame
{{ config(order_by="(trace, compilation_number)") }}

with
    attempts as (select * from {{ ref("int_compile_attempts") }}),

    metrics as (select * from {{ ref("int_attempt_metrics") }}),

    functions as (select * from {{ ref("int_compile_functions") }})

select
    concat(attempts.trace, '/', attempts.directory) as compilation_key,
    attempts.trace as trace,
    row_number() over (
        partition by attempts.trace
        order by attempts.first_source, attempts.first_position, attempts.directory
    ) as compilation_number,
    attempts.rank as rank,
    attempts.compile_id as compile_id,
    attempts.compile_base as compile_base,
    attempts.display_name as display_name,
    attempts.attempt as attempt,
    attempts.occurrence as occurrence,
    attempts.directory as directory,
    -- one page per metrics record; without records, one page for the stack and the guards
    if(metrics.records > 0, metrics.pages, [concat(attempts.directory, '/compilation.html')]) as pages,
    -- a restarted attempt has no metrics of compiling; the next attempt has the reason. What runs was
    -- compiled.
    multiIf(
        metrics.failures > 0,
        'failure',
        metrics.records > attempts.runtime_metrics,
        'success',
        attempts.attempt < attempts.last_attempt,
        'restarted',
        metrics.records > 0,
        'success',
        'unfinished'
    ) as status,
    metrics.total_ms as total_ms,
    metrics.backend_ms as backend_ms,
    metrics.backward_ms as backward_ms,
    metrics.started_at as started_at,
    multiIf(
        metrics.cache_hits > 0 and metrics.cache_misses > 0,
        'mixed',
        metrics.cache_hits > 0,
        'hit',
        metrics.cache_misses > 0,
        'miss',
        'none'
    ) as cache_status,
    functions.function as function,
    functions.function_file as function_file,
    functions.function_line as function_line,
    ifNull(metrics.failures, 0) as failures,
    ifNull(metrics.restarts, 0) as restarts,
    attempts.dynamo_starts as dynamo_starts,
    attempts.compilation_metrics as compilation_metrics,
    attempts.bwd_compilation_metrics as bwd_compilation_metrics,
    attempts.aot_autograd_backward_compilation_metrics as aot_autograd_backward_compilation_metrics,
    attempts.runtime_metrics as runtime_metrics,
    attempts.specializations as specializations,
    attempts.fast_guards as fast_guards
from attempts
left join metrics on attempts.trace = metrics.trace and attempts.directory = metrics.directory
left join functions on {{ same_compilation("attempts", "functions") }} settings join_use_nulls = 1
