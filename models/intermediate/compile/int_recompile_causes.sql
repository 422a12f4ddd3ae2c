-- one row per compilation with a recompile reason: what kind of guard failed, on what, at which values
with
    metrics as (
        select *, tupleElement(known, 'recompile_reason') as recompile_reason
        from {{ ref("int_compile_metrics") }}
        where kind = 'compilation_metrics'
    ),

    functions as (select * from {{ ref("int_compile_functions") }}),

    -- torch logged the reasons as a record of their own before the metrics had them
    logged as (
        select
            trace,
            ifNull(rank, -1) as rank_or_none,
            compile_id,
            argMin(JSONExtract(payload, 'Array(String)'), line_number)[1] as logged_reason
        from {{ ref("int_trace_payloads") }}
        where payload_name = 'recompile_reasons'
        group by trace, rank_or_none, compile_id
    ),

    -- the reason begins with the version that did not fit: `0/0: tensor 'x' size mismatch at ...`
    reasons as (
        select
            metrics.trace as trace,
            metrics.source_number as source_number,
            metrics.position as position,
            metrics.rank as rank,
            metrics.directory as directory,
            metrics.display_name as display_name,
            metrics.page as page,
            ifNull(functions.function, '') as function,
            ifNull(functions.function_file, '') as function_file,
            ifNull(functions.function_line, 0) as function_line,
            ifNull(metrics.total_ms, 0) as total_ms,
            if(
                ifNull(metrics.recompile_reason, '') = '',
                logged.logged_reason,
                assumeNotNull(metrics.recompile_reason)
            ) as reason,
            replaceRegexpOne(reason, '^!?[0-9/]+(?:_[0-9]+)?: ', '') as guard
        from metrics
        left join
            logged
            on metrics.trace = logged.trace
            and ifNull(metrics.rank, -1) = logged.rank_or_none
            and metrics.compile_id = logged.compile_id
        left join functions on {{ same_compilation("metrics", "functions") }}
        where reason != ''
    ),

    parsed as (
        select
            *,
            extractGroups(
                guard,
                '^tensor \'(.*)\' size mismatch at index ([0-9]+)[.] expected ([0-9]+), actual ([0-9]+)'
            ) as size_parts,
            extractGroups(
                guard,
                '^tensor \'(.*)\' ((?:rank|dtype|stride|device|requires_grad|dispatch key set|layout|type)) mismatch'
            ) as property_parts,
            extractGroups(guard, '^GLOBAL_STATE changed: (.*)') as state_parts,
            extractGroups(
                guard, '^([^=<>!#]+?) == (-?[0-9][0-9.e+-]*|True|False|None|\'[^\']*\'|"[^"]*")\\s*(?:#|$)'
            ) as value_parts
        from reasons
    )

select
    trace,
    source_number,
    position,
    rank,
    directory,
    display_name,
    page,
    function,
    function_file,
    function_line,
    total_ms,
    reason,
    multiIf(
        notEmpty(size_parts),
        'dynamic_dimension',
        notEmpty(property_parts),
        'tensor_property',
        notEmpty(state_parts),
        'global_state',
        position(guard, 'size()') > 0 or match(guard, '^[0-9]+ [<>=!]+ |^[^#]+ [<>]=? [0-9]'),
        'size_branch',
        notEmpty(value_parts),
        'changing_value',
        'other'
    ) as cause,
    -- what the guard is about: the tensor, the setting or the expression
    trimBoth(
        multiIf(
            cause = 'dynamic_dimension',
            size_parts[1],
            cause = 'tensor_property',
            property_parts[1],
            cause = 'global_state',
            state_parts[1],
            cause = 'changing_value',
            value_parts[1],
            splitByString('  #', splitByChar('\n', guard)[1])[1]
        )
    ) as subject,
    multiIf(
        cause = 'dynamic_dimension', size_parts[2], cause = 'tensor_property', property_parts[2], ''
    ) as aspect,
    multiIf(
        cause = 'dynamic_dimension',
        [size_parts[3], size_parts[4]],
        cause = 'changing_value',
        [value_parts[2]],
        []
    ) as guard_values
from parsed
