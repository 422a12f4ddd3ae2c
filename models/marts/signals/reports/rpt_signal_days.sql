-- one row per (signal, days): its commits by outcome over the last 1, 3 and 7 days
{{ config(materialized="view") }}

with
    known as (select as_of, known_since from {{ ref("rpt_known_span") }}),

    cells as (
        select
            signal_id,
            dateDiff('second', any(committed_at), assumeNotNull((select as_of from known)))
            / 86400 as days_ago,
            countIf(status = 'failure') as failures,
            countIf(status = 'success') as successes
        from {{ ref("fct_known_events") }}
        where signal_id in (select signal_id from {{ ref("dim_signals") }})
        group by signal_id, commit_rank
    )

select
    signal_id,
    days,
    -- a span that is longer than what is known has the counts of what is known
    toBool(
        assumeNotNull((select known_since from known))
        <= assumeNotNull((select as_of from known)) - toIntervalDay(days)
    ) as is_covered,
    countIf(days_ago <= days and cells.failures + cells.successes > 0) as verdict_commits,
    countIf(days_ago <= days and cells.failures > 0 and cells.successes = 0) as failing_commits,
    countIf(days_ago <= days and cells.failures > 0 and cells.successes > 0) as flaky_commits,
    sumIf(cells.failures, days_ago <= days) as failures,
    sumIf(cells.successes, days_ago <= days) as successes
from cells
array join [1, 3, 7] as days
group by signal_id, days
