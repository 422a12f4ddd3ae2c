-- one row per (trace, compile id, occurrence) that has metrics: what its metrics records add up to
with metrics as (select * from {{ ref("int_compile_metrics") }})

select
    trace,
    directory,
    count() as records,
    arrayMap(item -> tupleElement(item, 2), arraySort(groupArray(tuple(position, page)))) as pages,
    countIf(fail_type is not null) as failures,
    sum(length(restart_reasons)) as restarts,
    -- times of the forward compilation; the backward has a column of its own. A compilation ahead of time
    -- has its times in a record at run time, where nothing else spends time in a backend
    coalesce(
        argMaxIf(metrics.total_ms, metrics.position, kind = 'compilation_metrics'),
        argMaxIf(
            metrics.total_ms,
            metrics.position,
            kind = 'compilation_metrics_runtime' and metrics.backend_ms > 0
        )
    ) as total_ms,
    argMaxIf(
        metrics.backend_ms, metrics.position, kind in ('compilation_metrics', 'compilation_metrics_runtime')
    ) as backend_ms,
    sumOrNullIf(
        metrics.total_ms, kind in ('bwd_compilation_metrics', 'aot_autograd_backward_compilation_metrics')
    ) as backward_ms,
    minIf(
        toDateTime64({{ logged_start_ms() }} / 1e3, 6, 'UTC'), not {{ is_runtime_kind("kind") }}
    ) as started_at,
    sum(metrics.cache_hits) as cache_hits,
    sum(metrics.cache_misses) as cache_misses
from metrics
group by trace, directory
