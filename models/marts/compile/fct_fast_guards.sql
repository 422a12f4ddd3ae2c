-- one row per guard that was added without a full check, with the compile id of its record
{{ config(order_by="(trace, guard_number)") }}

with
    records as (select * from {{ ref("int_compile_records") }} where kind = 'guard_added_fast'),

    stacks as (select * from {{ ref("int_record_stacks") }})

select
    records.trace as trace,
    row_number() over (
        partition by records.trace order by records.source_number, records.position
    ) as guard_number,
    records.rank as rank,
    records.compile_id as compile_id,
    records.directory as directory,
    records.file as file,
    records.line_number as line_number,
    JSONExtractString(records.metadata, 'expr') as expression,
    stacks.user_stack as user_stack,
    stacks.framework_stack as framework_stack
from records
left join stacks on records.record_id = stacks.record_id
