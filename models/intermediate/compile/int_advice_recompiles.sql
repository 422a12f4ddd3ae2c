-- one row per (trace, function, cause of recompilation): what the recompilations for it cost
with
    causes as (select * from {{ ref("int_recompile_causes") }} where cause != 'other'),

    functions as (
        select trace, directory, co_name, co_filename, co_firstlineno
        from {{ ref("int_compile_metrics") }}
        where kind = 'compilation_metrics'
    ),

    specializations as (
        select
            trace,
            directory,
            extractGroups(
                arrayJoin(JSONExtract(metadata, 'sources', 'Array(String)')),
                '^L\\[\'(.*)\'\\][.]size\\(\\)\\[([0-9]+)\\]$'
            ) as source_parts,
            JSONExtractString(metadata, 'value') as value,
            JSONExtractString(metadata, 'reason') as reason
        from {{ ref("int_compile_records") }}
        where kind = 'symbolic_shape_specialization' and notEmpty(source_parts)
    ),

    -- a size that the function compares with a number, in any of its compilations
    fixed_sizes as (
        select
            specializations.trace as trace,
            ifNull(functions.co_name, '') as function,
            ifNull(functions.co_filename, '') as function_file,
            ifNull(functions.co_firstlineno, 0) as function_line,
            specializations.source_parts[1] as subject,
            specializations.source_parts[2] as aspect,
            arrayStringConcat(arraySort(groupUniqArray(20)(specializations.value)), ', ') as fixed_value,
            any(specializations.reason) as fixed_reason
        from specializations
        inner join
            functions
            on specializations.trace = functions.trace
            and specializations.directory = functions.directory
        group by trace, function, function_file, function_line, subject, aspect
    ),

    found as (
        select
            causes.trace as trace,
            if(
                causes.cause = 'dynamic_dimension' and fixed_sizes.subject != '',
                'specialized_dimension',
                causes.cause
            ) as rule,
            causes.function as function,
            causes.function_file as function_file,
            causes.function_line as function_line,
            causes.subject as subject,
            causes.aspect as aspect,
            count() as recompiles,
            round(sum(causes.total_ms), 3) as all_ms,
            arraySort(
                guard_value -> tuple(ifNull(toFloat64OrNull(guard_value), inf), guard_value),
                groupUniqArrayArray(20)
                (causes.guard_values)
            ) as seen_values,
            any(fixed_sizes.fixed_value) as fixed_value,
            any(fixed_sizes.fixed_reason) as fixed_reason,
            argMin(causes.reason, tuple(causes.source_number, causes.position)) as first_reason,
            argMin(causes.page, tuple(causes.source_number, causes.position)) as first_page,
            arraySort(groupUniqArray(100)(causes.display_name)) as display_names
        from causes
        left join
            fixed_sizes
            on causes.trace = fixed_sizes.trace
            and causes.function = fixed_sizes.function
            and causes.function_file = fixed_sizes.function_file
            and causes.function_line = fixed_sizes.function_line
            and causes.subject = fixed_sizes.subject
            and causes.aspect = fixed_sizes.aspect
        group by trace, rule, function, function_file, function_line, subject, aspect
    )

select
    trace,
    rule,
    toFloat64(recompiles) as amount,
    concat(
        {{ counted("recompiles", "recompilation", "recompilations") }},
        multiIf(
            aspect != '' and rule != 'tensor_property',
            concat(
                ' for dimension ',
                aspect,
                ' of tensor ',
                subject,
                ' (sizes ',
                arrayStringConcat(seen_values, ', '),
                if(
                    fixed_value = '',
                    ')',
                    concat('); the code fixes it to ', fixed_value, ' (', fixed_reason, ')')
                )
            ),
            rule = 'tensor_property',
            concat(' for the ', aspect, ' of tensor ', subject),
            rule = 'changing_value',
            concat(' for ', subject, ' (compared with ', arrayStringConcat(seen_values, ', '), ')'),
            concat(' for ', subject)
        )
    ) as finding,
    first_reason as detail,
    '' as link,
    function,
    function_file,
    function_line,
    recompiles as times,
    cast(all_ms as Nullable(Float64)) as cost_ms,
    display_names,
    first_page as page
from found
