-- one row per (trace, compile id, occurrence, aspect) in which its ranks differ, where they part first
{{ config(materialized="view") }}

with
    steps as (select * from {{ ref("rpt_rank_steps") }}),

    ranks as (select trace, groupUniqArray(rank) as all_ranks from steps group by trace),

    ids as (
        select
            trace,
            compile_id,
            occurrence,
            any(steps.display_name) as display_name,
            argMin(steps.function, steps.rank) as function,
            argMin(steps.function_file, steps.rank) as function_file,
            argMin(steps.function_line, steps.rank) as function_line,
            min(steps.step_number) as step_number,
            arraySort(groupArray(tuple(steps.rank, steps.page))) as rank_pages,
            groupArray(steps.rank) as present_ranks
        from steps
        group by trace, compile_id, occurrence
    ),

    presences as (
        select
            ids.trace as trace,
            ids.compile_id as compile_id,
            ids.occurrence as occurrence,
            'compiled' as aspect,
            if(has(ids.present_ranks, some_rank), 'compiled', 'not compiled') as aspect_value,
            some_rank as rank
        from ids
        inner join ranks on ids.trace = ranks.trace
        array join ranks.all_ranks as some_rank
        where length(ids.present_ranks) < length(ranks.all_ranks)
    ),

    compared as (
        select
            trace,
            compile_id,
            occurrence,
            tupleElement(pair, 1) as aspect,
            tupleElement(pair, 2) as aspect_value,
            rank
        from steps
        array join
            [
                tuple('function', concat(function, ' ', function_file, ':', toString(function_line))),
                tuple('status', status),
                tuple('breaks', break_texts),
                tuple('graph', graph_sizes),
                tuple('cache', cache_status),
                tuple('collectives', collectives),
                tuple('torch', torch_version)
            ] as pair
        union all
        select trace, compile_id, occurrence, aspect, aspect_value, rank
        from presences
    ),

    by_value as (
        select
            trace,
            compile_id,
            occurrence,
            aspect,
            aspect_value,
            arraySort(groupArray(compared.rank)) as value_ranks
        from compared
        group by trace, compile_id, occurrence, aspect, aspect_value
    ),

    differing as (
        select
            trace,
            compile_id,
            occurrence,
            aspect,
            arraySort(
                item -> tuple(- length(tupleElement(item, 2)), tupleElement(item, 2)),
                groupArray(tuple(aspect_value, value_ranks))
            ) as aspect_groups
        from by_value
        group by trace, compile_id, occurrence, aspect
        having count() > 1
    )

select
    differing.trace as trace,
    row_number() over (
        partition by differing.trace
        order by
            ids.step_number,
            differing.compile_id,
            differing.occurrence,
            indexOf(
                ['torch', 'compiled', 'function', 'status', 'breaks', 'graph', 'collectives', 'cache'],
                differing.aspect
            )
    ) as divergence_number,
    ids.step_number as step_number,
    differing.compile_id as compile_id,
    differing.occurrence as occurrence,
    ids.display_name as display_name,
    ids.function as function,
    ids.function_file as function_file,
    ids.function_line as function_line,
    differing.aspect as aspect,
    transform(
        differing.aspect,
        ['torch', 'compiled', 'function', 'status', 'breaks', 'graph', 'collectives', 'cache'],
        [
            'other versions of torch',
            'only some ranks compile it',
            'other functions',
            'other outcomes',
            'other breaks or failures',
            'graphs of other sizes',
            'other collectives or another order',
            'other cache results'
        ],
        ''
    ) as difference,
    cast(differing.aspect_groups, 'Array(Tuple(aspect_value String, ranks Array(Int64)))') as aspect_groups,
    cast(ids.rank_pages, 'Array(Tuple(rank Int64, page String))') as rank_pages
from differing
inner join
    ids
    on differing.trace = ids.trace
    and differing.compile_id = ids.compile_id
    and differing.occurrence = ids.occurrence
