-- one row per trace with metrics: when it ran, with what, and how much each of its ranks compiled
{{ config(materialized="view") }}

with
    records as (select * from {{ ref("fct_record_times") }}),

    ranks as (select trace, rank, sum(spent_ms) as rank_ms from records group by trace, rank),

    slowest as (
        select
            trace,
            count() as ranks,
            argMax(tuple(rank), tuple(rank_ms, - ifNull(rank, -1))) as slowest_rank,
            max(rank_ms) as slowest_rank_ms
        from ranks
        group by trace
    ),

    runs as (
        select
            trace,
            count() as records,
            countIf(started_at is null) as records_without_start,
            min(started_at) as first_started_at,
            max(start_ms + spent_ms) as span
        from records
        group by trace
    ),

    versions as (
        select
            trace,
            arraySort(
                groupUniqArrayIf(10)(assumeNotNull(pytorch_version), ifNull(pytorch_version, '') != '')
            ) as torch_versions,
            arraySort(
                groupUniqArrayIf(10)(assumeNotNull(python_version), ifNull(python_version, '') != '')
            ) as python_versions,
            arraySort(
                groupUniqArrayIf(10)(assumeNotNull(triton_version), ifNull(triton_version, '') != '')
            ) as triton_versions,
            arraySort(
                groupUniqArrayIf(10)(assumeNotNull(cuda_version), ifNull(cuda_version, '') != '')
            ) as cuda_versions
        from {{ ref("fct_compile_metrics") }}
        group by trace
    ),

    -- a script's own frame is the outermost one and has no function
    programs as (
        select trace, arraySort(groupUniqArray(10)(frame_file)) as programs
        from {{ ref("fct_compile_stacks") }}
        where frame_number = 1 and frame_name = '<module>'
        group by trace
    )

select
    runs.trace as trace,
    runs.records as records,
    runs.records_without_start as records_without_start,
    runs.first_started_at as started_at,
    round(runs.span, 3) as span_ms,
    slowest.ranks as ranks,
    tupleElement(slowest.slowest_rank, 1) as slowest_rank,
    round(slowest.slowest_rank_ms, 3) as slowest_rank_ms,
    versions.torch_versions as torch_versions,
    versions.python_versions as python_versions,
    versions.triton_versions as triton_versions,
    versions.cuda_versions as cuda_versions,
    programs.programs as programs
from runs
inner join slowest on runs.trace = slowest.trace
inner join versions on runs.trace = versions.trace
left join programs on runs.trace = programs.trace
