-- one row per commit of the window, ranked from newest (1) to oldest
with
    pushes as (select * from {{ ref("stg_ci__pushes") }}),

    bounds as (select * from {{ ref("int_window") }}),

    window_pushes as (select commits, pushed_at from pushes where {{ pushed_in_window("bounds") }}),

    -- a push of several commits (ghstack) carries them oldest first, often with equal timestamps
    pushed_commits as (
        select
            tupleElement(commit, 'id') as head_sha,
            tuple(toDateTime64(tupleElement(commit, 'timestamp'), 9, 'UTC'), push_position) as commit_order,
            tupleElement(commit, 'message') as message,
            tupleElement(commit, 'author') as author,
            pushed_at
        from window_pushes
        array join commits as commit, arrayEnumerate(commits) as push_position
    ),

    latest_commits as (
        select
            head_sha,
            max(commit_order) as latest_order,
            max(pushed_at) as last_pushed_at,
            argMax(
                tuple(
                    message,
                    if(
                        tupleElement(author, 'name') = '',
                        tupleElement(author, 'username'),
                        tupleElement(author, 'name')
                    )
                ),
                tuple(commit_order, message, author)
            ) as latest_words
        from pushed_commits
        where head_sha != ''
        group by head_sha
    )

select
    head_sha,
    tupleElement(latest_order, 1) as committed_at,
    tupleElement(latest_order, 2) as push_position,
    tupleElement(latest_words, 1) as message,
    tupleElement(latest_words, 2) as author,
    last_pushed_at as pushed_at,
    row_number() over (order by latest_order desc, head_sha asc) as commit_rank
from latest_commits
