-- one row per commit of the grid, newest first
{{ config(materialized="view") }}

with commits as (select * from {{ ref("dim_commits") }})

select
    commit_rank,
    head_sha as sha,
    toUnixTimestamp(committed_at) as at,
    commits.title as title,
    toValidUTF8(commits.author) as author,
    nullIf({{ pull_request("commits.title") }}, 0) as pull_request
from commits
