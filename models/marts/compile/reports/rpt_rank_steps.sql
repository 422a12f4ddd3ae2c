-- one row per compilation of a trace of several ranks: what the rank did at this compile id, to compare
-- A table: the three models of ranks start from it, and most loads have one rank and leave it empty.
{{ config(order_by="(trace, compile_id, occurrence, rank)") }}

with
    compilations as (
        select * from {{ ref("fct_compilations") }} where rank is not null and compile_base != 'unknown'
    ),

    several_ranks as (select trace from compilations group by trace having uniqExact(rank) > 1),

    -- memory addresses differ from process to process
    breaks as (
        select
            trace,
            directory,
            arrayStringConcat(
                arraySort(
                    groupArray(
                        replaceRegexpAll(
                            concat(
                                if(event = 'failure', concat(ifNull(fail_type, ''), ': '), ''),
                                substring(splitByChar('\n', ifNull(reason, ''))[1], 1, 300)
                            ),
                            '0x[0-9a-fA-F]+',
                            '0x...'
                        )
                    )
                ),
                '\n'
            ) as break_texts
        from {{ ref("fct_compile_failures") }}
        where trace in (select trace from several_ranks)
        group by trace, directory
    ),

    graphs as (
        select
            trace,
            directory,
            any(tupleElement(known, 'pytorch_version')) as torch_version,
            arrayStringConcat(
                arraySort(
                    groupArrayIf(
                        concat(
                            toString(assumeNotNull(tupleElement(known, 'graph_op_count'))),
                            ' ops, ',
                            toString(ifNull(tupleElement(known, 'graph_node_count'), 0)),
                            ' nodes, ',
                            toString(ifNull(tupleElement(known, 'graph_input_count'), 0)),
                            ' inputs'
                        ),
                        tupleElement(known, 'graph_op_count') is not null
                    )
                ),
                '\n'
            ) as graph_sizes
        from {{ ref("int_compile_metrics") }}
        where trace in (select trace from several_ranks)
        group by trace, directory
    ),

    -- the order of collective operations in the generated code
    schedules as (
        select
            trace,
            rank,
            compile_id,
            arrayStringConcat(
                arrayMap(item -> tupleElement(item, 2), arraySort(groupArray(tuple(line_number, payload)))),
                '\n'
            ) as collectives
        from {{ ref("int_trace_payloads") }}
        where payload_name = 'inductor_collective_schedule' and rank is not null
        group by trace, rank, compile_id
    )

select
    compilations.trace as trace,
    assumeNotNull(compilations.rank) as rank,
    row_number() over (
        partition by compilations.trace, compilations.rank order by compilations.compilation_number
    ) as step_number,
    compilations.compile_id as compile_id,
    compilations.occurrence as occurrence,
    compilations.display_name as display_name,
    compilations.pages[1] as page,
    ifNull(compilations.function, '') as function,
    ifNull(compilations.function_file, '') as function_file,
    ifNull(compilations.function_line, 0) as function_line,
    compilations.status as status,
    compilations.cache_status as cache_status,
    breaks.break_texts as break_texts,
    graphs.graph_sizes as graph_sizes,
    if(compilations.occurrence = 1, schedules.collectives, '') as collectives,
    ifNull(graphs.torch_version, '') as torch_version,
    ifNull(compilations.total_ms, 0) + ifNull(compilations.backward_ms, 0) as compile_ms,
    compilations.failures as failures,
    compilations.restarts as restarts
from compilations
left join breaks on compilations.trace = breaks.trace and compilations.directory = breaks.directory
left join graphs on compilations.trace = graphs.trace and compilations.directory = graphs.directory
left join
    schedules
    on compilations.trace = schedules.trace
    and assumeNotNull(compilations.rank) = assumeNotNull(schedules.rank)
    and compilations.compile_id = schedules.compile_id
where compilations.trace in (select trace from several_ranks)
