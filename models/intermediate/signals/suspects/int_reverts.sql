-- one row per (commit of the window, commit that it reverts): `Revert "title"` or `This reverts commit <sha>`
-- a table: it takes 0.04 s, three models and the pages read it, and people who read those may not read the
-- pushes
{{ config(materialized="table", order_by="(revert_rank, reverted_rank)") }}

with
    commits as (
        select commit_rank, head_sha, message, splitByChar('\n', message)[1] as title
        from {{ ref("int_push_dedup") }}
    ),

    claims as (
        select
            commit_rank,
            head_sha,
            extract(title, '^Revert "(.+)"') as reverted_title,
            arrayJoin(
                arrayConcat([''], extractAll(message, '(?i)this reverts commits? ([0-9a-f]{7,40})\\b'))
            ) as reverted_sha
        from commits
        where reverted_title != '' or reverted_sha != ''
    )

select distinct
    claims.commit_rank as revert_rank,
    claims.head_sha as revert_sha,
    commits.commit_rank as reverted_rank,
    commits.head_sha as reverted_sha
from claims
cross join commits
where
    commits.commit_rank > claims.commit_rank
    and (
        (claims.reverted_title != '' and commits.title = claims.reverted_title)
        or (claims.reverted_sha != '' and startsWith(commits.head_sha, lower(claims.reverted_sha)))
    )
