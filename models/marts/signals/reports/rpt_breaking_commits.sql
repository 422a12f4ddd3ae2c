-- one row per commit where the latest break of some signal was first seen, newest first
{{ config(materialized="view") }}

with
    signals as (select * from {{ ref("rpt_signal_overview") }} where first_failing_rank is not null),

    commits as (select * from {{ ref("dim_commits") }}),

    grouped as (
        select
            first_failing_rank,
            count() as broken_signals,
            countIf(is_failing) as failing_signals,
            countIf(is_unseen) as unseen_signals,
            max(candidate_commits) as most_candidates
        from signals
        group by first_failing_rank
    )

select
    assumeNotNull(grouped.first_failing_rank) as first_failing_rank,
    commits.head_sha as head_sha,
    commits.committed_at as committed_at,
    commits.title as title,
    toValidUTF8(commits.author) as author,
    grouped.broken_signals as broken_signals,
    grouped.failing_signals as failing_signals,
    grouped.unseen_signals as unseen_signals,
    grouped.most_candidates as most_candidates
from grouped
inner join commits on grouped.first_failing_rank = commits.commit_rank
