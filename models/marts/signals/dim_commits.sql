-- one row per commit of the window, newest first, commits without jobs included
{{ config(order_by="commit_rank") }}

with commits as (select * from {{ ref("int_push_dedup") }})

select
    commit_rank,
    head_sha,
    committed_at,
    toValidUTF8(splitByChar('\n', message)[1]) as title,
    message,
    author,
    pushed_at
from commits
