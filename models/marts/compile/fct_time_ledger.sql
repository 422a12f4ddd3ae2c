-- one row per (metrics record, phase): the phase's own time, so that phases add up to the record's total
{{ config(order_by="(trace, directory, page, phase_number)") }}

with
    metrics as (select * from {{ ref("fct_compile_metrics") }} where total_ms is not null),

    -- times that include inner phases: Dynamo calls AOT autograd calls Inductor calls code generation
    inclusive as (
        select
            trace,
            directory,
            page,
            assumeNotNull(metrics.total_ms) as total_ms,
            -- torch also writes the time before a failure under this key
            if(
                empty(restart_reasons), 0, ifNull(dynamo_compile_time_before_restart_us, 0) / 1e3
            ) as restarts_ms,
            coalesce(
                dynamo_cumulative_compile_time_us / 1e3, backward_cumulative_compile_time_us / 1e3, 0
            ) as dynamo_ms,
            coalesce(aot_autograd_cumulative_compile_time_us, 0) / 1e3 as aot_ms,
            coalesce(
                inductor_cumulative_compile_time_us / 1e3, inductor_compile_time_s * 1e3, 0
            ) as inductor_ms,
            coalesce(
                inductor_code_gen_cumulative_compile_time_us / 1e3, code_gen_time_s * 1e3, 0
            ) as code_gen_ms,
            coalesce(runtime_triton_autotune_time_us, 0) / 1e3 as autotuning_ms,
            coalesce(runtime_cudagraphify_time_us, 0) / 1e3 as cuda_graphs_ms,
            kind
        from metrics
    ),

    exclusive as (
        select
            trace,
            directory,
            page,
            total_ms,
            -- a backward has no Dynamo phase: time outside Inductor is the backward compiler's
            if(kind = 'compilation_metrics', ['restarts', 'dynamo'], ['restarts', 'backward']) as outer_names,
            greatest(dynamo_ms - greatest(aot_ms, inductor_ms), 0) as own_dynamo_ms,
            least(restarts_ms, own_dynamo_ms) as own_restarts_ms,
            greatest(aot_ms - inductor_ms, 0) as own_aot_ms,
            greatest(inductor_ms - code_gen_ms, 0) as own_inductor_ms,
            code_gen_ms,
            {{ is_runtime_kind("kind") }} as is_runtime,
            -- Dynamo is done before run time, but compiling ahead of time counts as that
            arrayConcat(
                if(is_runtime, [], outer_names),
                ['aot_autograd', 'inductor', 'code_generation'],
                if(is_runtime, ['autotuning', 'cuda_graphs'], []),
                ['unattributed']
            ) as names,
            arrayConcat(
                if(is_runtime, [], [own_restarts_ms, own_dynamo_ms - own_restarts_ms]),
                [own_aot_ms, own_inductor_ms, code_gen_ms],
                if(is_runtime, [autotuning_ms, cuda_graphs_ms], [])
            ) as known_times,
            arrayPushBack(known_times, total_ms - arraySum(known_times)) as times
        from inclusive
    )

select
    trace,
    directory,
    page,
    phase_number,
    phase,
    if(abs(phase_ms) < 0.0005, 0, round(phase_ms, 3)) as time_ms,
    if(total_ms > 0, greatest(phase_ms, 0) / total_ms, 0) as share,
    total_ms
from exclusive
array join names as phase, times as phase_ms, arrayEnumerate(names) as phase_number
