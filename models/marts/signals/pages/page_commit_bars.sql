-- one row per commit of the window: how many signals fail, flake, wait and pass on it, for the strip of the
-- index
{{ config(materialized="view") }}

with
    commits as (select * from {{ ref("dim_commits") }}),

    counted as (
        select
            commit_rank,
            countIf(outcome = 'failing') as failing,
            countIf(outcome = 'flaky') as flaky,
            countIf(outcome = 'pending') as pending,
            countIf(outcome = 'passing') as passing
        from {{ ref("int_signal_commits") }}
        group by commit_rank
    ),

    -- incidents by the first suspect of each; rank 0 has those without one
    broke as (
        select suspect_rank, groupArray(incident_id) as incident_ids
        from (select suspect_rank, incident_id from {{ ref("rpt_incidents") }} order by incident_number)
        where suspect_rank > 0
        group by suspect_rank
    )

select
    commits.commit_rank as commit_rank,
    commits.head_sha as head_sha,
    commits.title as title,
    counted.failing as failing,
    counted.flaky as flaky,
    counted.pending as pending,
    counted.passing as passing,
    max(counted.failing + counted.flaky + counted.pending + counted.passing) over () as most,
    broke.incident_ids as incident_ids
from commits
left join counted on commits.commit_rank = counted.commit_rank
left join broke on commits.commit_rank = broke.suspect_rank
