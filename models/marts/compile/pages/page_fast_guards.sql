-- one row per fast guard, with its stacks as text
{{ config(materialized="view") }}

with records as (select * from {{ ref("fct_fast_guards") }})

select
    trace,
    guard_number,
    directory,
    expression,
    {{ stack_text("user_stack") }} as user_stack_text,
    {{ stack_text("framework_stack") }} as framework_stack_text
from records
