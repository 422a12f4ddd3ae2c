-- one row per frame in the tree of a trace's stacks: stacks that begin alike share their frames
{{ config(order_by="(trace, node_number)") }}

with
    frames as (
        select
            trace,
            cityHash64(trace, ifNull(rank, -1), compile_base, occurrence) as stack_hash,
            rank,
            compile_base,
            occurrence,
            frame_number,
            frame_file,
            ifNull(frame_line, 0) as frame_line,
            frame_name,
            frame_code
        from {{ ref("fct_compile_stacks") }}
    ),

    attempts as (select * from {{ ref("fct_compilations") }}),

    compilations as (
        select
            trace,
            cityHash64(trace, ifNull(rank, -1), compile_base, occurrence) as stack_hash,
            min(compilation_number) as first_number,
            tuple(
                argMax(attempts.display_name, attempt),
                ifNull(any(toString(attempts.rank)), ''),
                argMax(attempts.pages[1], attempt),
                argMax(attempts.status, attempt),
                sum(attempts.restarts)
            ) as compilation,
            sum(attempts.failures) as failures,
            sum(attempts.restarts) as restarts,
            sum(ifNull(attempts.total_ms, 0)) as all_ms
        from attempts
        group by trace, rank, compile_base, occurrence
    ),

    -- numbers in the order of the source, so that a tree in the order of its numbers reads like the program
    distinct_frames as (
        select
            trace,
            frame_file,
            frame_line,
            frame_name,
            frame_code,
            row_number() over (
                partition by trace order by frame_file, frame_line, frame_name, frame_code
            ) as frame_id
        from (select distinct trace, frame_file, frame_line, frame_name, frame_code from frames)
    ),

    paths as (
        select
            frames.trace as trace,
            frames.stack_hash as stack_hash,
            arrayMap(
                item -> tupleElement(item, 2),
                arraySort(groupArray(tuple(frames.frame_number, distinct_frames.frame_id)))
            ) as path
        from frames
        inner join
            distinct_frames
            on frames.trace = distinct_frames.trace
            and frames.frame_file = distinct_frames.frame_file
            and frames.frame_line = distinct_frames.frame_line
            and frames.frame_name = distinct_frames.frame_name
            and frames.frame_code = distinct_frames.frame_code
        group by frames.trace, frames.stack_hash
    ),

    levels as (
        select
            trace,
            stack_hash,
            depth,
            depth = length(path) as is_end,
            arraySlice(path, 1, depth) as prefix,
            cityHash64(prefix) as node_hash,
            cityHash64(arrayPopBack(prefix)) as parent_hash,
            path[depth] as frame_id
        from paths
        array join arrayEnumerate(path) as depth
    ),

    children as (
        select trace, parent_hash as node_hash, uniqExact(levels.node_hash) as children
        from levels
        group by trace, parent_hash
    ),

    -- a page moves to the right only where stacks part, or where one ends and others go on
    indented as (
        select
            levels.*,
            ifNull(
                sum(children.children > 1) over (
                    partition by levels.trace, levels.stack_hash
                    order by levels.depth
                    rows between unbounded preceding and 1 preceding
                ),
                0
            ) as indent
        from levels
        left join children on levels.trace = children.trace and levels.node_hash = children.node_hash
    ),

    nodes as (
        select
            indented.trace as trace,
            indented.node_hash as node_hash,
            any(indented.prefix) as prefix,
            any(indented.depth) as depth,
            any(indented.indent) as indent,
            any(indented.frame_id) as frame_id,
            count() as below,
            countIf(compilations.failures > 0) as failing,
            sum(compilations.restarts) as all_restarts,
            round(sum(compilations.all_ms), 3) as below_ms,
            arraySort(
                groupArrayIf(tuple(compilations.first_number, compilations.compilation), indented.is_end)
            ) as ends
        from indented
        inner join
            compilations
            on indented.trace = compilations.trace
            and indented.stack_hash = compilations.stack_hash
        group by indented.trace, indented.node_hash
    )

select
    nodes.trace as trace,
    row_number() over (partition by nodes.trace order by nodes.prefix) as node_number,
    nodes.depth as depth,
    nodes.indent as indent,
    distinct_frames.frame_file as frame_file,
    distinct_frames.frame_line as frame_line,
    distinct_frames.frame_name as frame_name,
    distinct_frames.frame_code as frame_code,
    nodes.below as compilations,
    nodes.failing as failing_compilations,
    nodes.all_restarts as restarts,
    nodes.below_ms as total_ms,
    arrayMap(
        item -> cast(
            tupleElement(item, 2),
            'Tuple(display_name String, rank String, page String, status String, restarts UInt64)'
        ),
        nodes.ends
    ) as ended_here
from nodes
inner join
    distinct_frames on nodes.trace = distinct_frames.trace and nodes.frame_id = distinct_frames.frame_id
