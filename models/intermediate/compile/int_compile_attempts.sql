-- one row per (trace, rank, compile id, occurrence), with how many records of each kind it has
with
    records as (select * except (metadata) from {{ ref("int_compile_records") }}),

    counted as (
        select
            trace,
            directory,
            any(records.rank) as rank,
            any(records.compile_id) as compile_id,
            any(records.compile_base) as compile_base,
            any(records.display_name) as display_name,
            any(records.attempt) as attempt,
            any(records.occurrence) as occurrence,
            min(source_number) as first_source,
            argMin(position, tuple(source_number, position)) as first_position,
            countIf(kind = 'dynamo_start') as dynamo_starts,
            countIf(kind = 'compilation_metrics') as compilation_metrics,
            countIf(kind = 'bwd_compilation_metrics') as bwd_compilation_metrics,
            countIf(
                kind = 'aot_autograd_backward_compilation_metrics'
            ) as aot_autograd_backward_compilation_metrics,
            countIf({{ is_runtime_kind("kind") }}) as runtime_metrics,
            countIf(kind = 'symbolic_shape_specialization') as specializations,
            countIf(kind = 'guard_added_fast') as fast_guards
        from records
        group by trace, directory
    )

select *, max(attempt) over (partition by trace, rank, compile_base, occurrence) as last_attempt
from counted
