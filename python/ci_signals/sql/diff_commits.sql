-- one row per commit that only one of the two files has, or whose timestamp changed
-- only if both files have lines: an empty file does not say which commits were in its window
with
    sides as (select uniqExact(side) as files from lines),

    cells as (
        select
            side,
            tupleElement(cell, 'head_sha') as head_sha,
            tupleElement(cell, 'timestamp') as timestamp,
            tupleElement(cell, 'events') as events
        from lines
        cross join sides
        array join commits as cell
        where files = 2
    )

select
    multiIf(uniqExact(side) = 2, 'commit_moved', any(side) = 1, 'commit_came', 'commit_went') as change,
    head_sha,
    any(cells.timestamp) as timestamp,
    countIf(notEmpty(events)) as signals_with_events,
    countIf(arrayExists(event -> tupleElement(event, 'status') = 'failure', events)) as signals_with_failures
from cells
group by head_sha
having uniqExact(side) = 1 or uniqExact(cells.timestamp) > 1
order by timestamp desc, head_sha
