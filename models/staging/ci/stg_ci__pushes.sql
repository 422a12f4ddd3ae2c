-- one row per push event
select
    ref,
    tupleElement(repository, 'full_name') as repository,
    tupleElement(head_commit, 'id') as head_sha,
    toDateTime64(tupleElement(head_commit, 'timestamp'), 9, 'UTC') as pushed_at,
    -- the event names its head commit even if it lists no commits
    if(
        has(tupleElement(commits, 'id'), tupleElement(head_commit, 'id')),
        commits,
        arrayPushBack(commits, head_commit)
    ) as commits
from {{ source("ci", "push") }}
