-- one row per commit of the grid, newest first
{{ config(materialized="view") }}

with
    commits as (select * from {{ ref("dim_commits") }}),

    bars as (select commit_rank, failing from {{ ref("page_commit_bars") }})

select
    commits.commit_rank as commit_rank,
    commits.head_sha as sha,
    toUnixTimestamp(commits.committed_at) as at,
    commits.title as title,
    toValidUTF8(commits.author) as author,
    nullIf({{ pull_request("commits.title") }}, 0) as pull_request,
    bars.failing as failing
from commits
inner join bars on commits.commit_rank = bars.commit_rank
