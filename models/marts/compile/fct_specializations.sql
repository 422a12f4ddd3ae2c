-- one row per symbol that was fixed to a value while compiling, with the compile id of its record
{{ config(order_by="(trace, specialization_number)") }}

with
    records as (select * from {{ ref("int_compile_records") }} where kind = 'symbolic_shape_specialization'),

    stacks as (select * from {{ ref("int_record_stacks") }})

select
    records.trace as trace,
    row_number() over (
        partition by records.trace order by records.source_number, records.position
    ) as specialization_number,
    records.rank as rank,
    records.compile_id as compile_id,
    records.directory as directory,
    records.file as file,
    records.line_number as line_number,
    JSONExtractString(records.metadata, 'symbol') as symbol,
    JSONExtract(records.metadata, 'sources', 'Array(String)') as sources,
    JSONExtractString(records.metadata, 'value') as value,
    JSONExtractString(records.metadata, 'reason') as reason,
    stacks.user_stack as user_stack,
    stacks.framework_stack as framework_stack
from records
left join stacks on records.record_id = stacks.record_id
