-- one row: since when commits are known without a hole, from this window and, with the history, from
-- earlier ones
{{ config(materialized="view") }}

with
    bounds as (select as_of, starts_at from {{ ref("int_window") }}),

    windows as (
        select as_of, starts_at
        from bounds
        {% if var("keep_history") %}
            union all
            select as_of, min(as_of - toIntervalHour(lookback_hours)) as starts_at
            from {{ ref("int_known_commits") }}
            where as_of < (select as_of from bounds)
            group by as_of
        {% endif %}
    ),

    -- a window that ended before all newer ones began leaves a hole
    touching as (
        select
            windows.as_of as as_of,
            windows.starts_at as starts_at,
            row_number() over newest_first as window_number,
            as_of < min(starts_at) over (
                order by as_of desc rows between unbounded preceding and 1 preceding
            ) as is_after_hole
        from windows
        window newest_first as (order by as_of desc)
    ),

    joined as (
        select *, sum(window_number > 1 and is_after_hole) over (order by as_of desc) as holes from touching
    )

select
    minIf(joined.starts_at, holes = 0) as known_since,
    max(joined.as_of) as as_of,
    toUInt64(dateDiff('hour', known_since, max(joined.as_of))) as known_hours,
    -- the length of the steps of a trend: 4 to 16 of them, whole days or weeks where there is enough
    toUInt64(
        arrayFirst(hours -> hours * 16 >= known_hours or hours = 672, [1, 3, 6, 12, 24, 168, 672])
    ) as step_hours
from joined
