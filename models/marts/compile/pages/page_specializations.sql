-- one row per specialization, with its stacks as text
{{ config(materialized="view") }}

with records as (select * from {{ ref("fct_specializations") }})

select
    trace,
    specialization_number,
    directory,
    symbol,
    sources,
    value,
    reason,
    {{ stack_text("user_stack") }} as user_stack_text,
    {{ stack_text("framework_stack") }} as framework_stack_text
from records
