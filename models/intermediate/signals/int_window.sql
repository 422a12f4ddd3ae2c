-- one row: the window of this build. A table, because `now` must be the same moment for the whole build
{{ config(materialized="table") }}

with
    chosen as (
        select
            {% if window_var("as_of") %}
                parseDateTime64BestEffort({{ sql_string(window_var("as_of")) }}, 9, 'UTC')
            {% else %} now64(9, 'UTC')
            {% endif %} as as_of,
            toUInt32({{ window_var("lookback_hours") | int }}) as lookback_hours
    )

select
    as_of,
    as_of - toIntervalHour(lookback_hours) as starts_at,
    lookback_hours,
    {{ sql_string(window_var("repository")) }} as repository,
    {{ sql_string(window_var("branch_ref")) }} as branch_ref,
    {{ sql_string_array(window_var("workflows")) }} as workflows
from chosen
