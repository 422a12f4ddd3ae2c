-- one row per commit of the window, for its page: what broke and passed again on it, which incidents
-- suspect it,
-- its workflow runs
{{ config(materialized="view") }}

with
    commits as (select * from {{ ref("dim_commits") }}),

    bars as (select * from {{ ref("page_commit_bars") }}),

    streaks as (select * from {{ ref("int_signal_streaks") }}),

    signals as (select signal_id, group_order from {{ ref("rpt_signal_overview") }}),

    incidents as (select * from {{ ref("rpt_incidents") }}),

    reverts as (select * from {{ ref("int_reverts") }}),

    jobs as (select * from {{ ref("int_window_jobs") }} where outcome != 'skipped'),

    -- a streak starts at its oldest commit, and the streak before it has the next number
    turns as (
        select
            streaks.oldest_rank as commit_rank,
            streaks.streak_outcome = 'failing' as is_break,
            signals.group_order as group_order,
            streaks.commits as streak_commits,
            older.streak_outcome as outcome_before,
            older.commits as commits_before
        from streaks
        inner join signals on streaks.signal_id = signals.signal_id
        left join
            streaks as older
            on streaks.signal_id = older.signal_id
            and streaks.streak_number + 1 = older.streak_number
        where is_break or outcome_before = 'failing'
    ),

    turned as (
        select
            commit_rank,
            arraySort(
                groupArrayIf(tuple(group_order, streak_commits, outcome_before != ''), is_break)
            ) as broke,
            arraySort(groupArrayIf(tuple(group_order, commits_before), not is_break)) as fixed
        from turns
        group by commit_rank
    ),

    suspected as (
        select
            suspects.commit_rank as commit_rank,
            arraySort(
                groupArray(
                    tuple(
                        incidents.incident_number,
                        incidents.incident_id,
                        suspects.probability,
                        suspects.suspect_number,
                        incidents.status,
                        incidents.signals,
                        incidents.red_signals,
                        arrayMap(name -> toValidUTF8(name), incidents.workflows)
                    )
                )
            ) as incidents
        from {{ ref("rpt_incident_suspects") }} as suspects
        inner join incidents on suspects.incident_id = incidents.incident_id
        where suspects.is_in_90
        group by suspects.commit_rank
    ),

    workflow_runs as (
        select
            head_sha,
            workflow_name,
            run_id,
            max(run_attempt) as attempts,
            count() as run_jobs,
            countIf(outcome = 'failure') as failed_jobs,
            countIf(is_pending) as pending_jobs
        from jobs
        group by head_sha, workflow_name, run_id
    ),

    runs as (
        select
            head_sha,
            arraySort(
                groupArray(
                    tuple(toValidUTF8(workflow_name), run_id, attempts, run_jobs, failed_jobs, pending_jobs)
                )
            ) as runs
        from workflow_runs
        group by head_sha
    ),

    reverting as (
        select revert_rank, groupUniqArray(reverts.reverted_rank) as ranks from reverts group by revert_rank
    ),

    reverted as (
        select reverted_rank, groupUniqArray(reverts.revert_rank) as ranks from reverts group by reverted_rank
    )

select
    commits.commit_rank as commit_rank,
    commits.head_sha as sha,
    bars.failing as failing,
    bars.flaky as flaky,
    bars.pending as pending,
    bars.passing as passing,
    turned.broke as broke,
    turned.fixed as fixed,
    suspected.incidents as incidents,
    runs.runs as runs,
    arraySort(reverting.ranks) as reverts,
    arraySort(reverted.ranks) as reverted_by
from commits
inner join bars on commits.commit_rank = bars.commit_rank
left join turned on commits.commit_rank = turned.commit_rank
left join suspected on commits.commit_rank = suspected.commit_rank
left join runs on commits.head_sha = runs.head_sha
left join reverting on commits.commit_rank = reverting.revert_rank
left join reverted on commits.commit_rank = reverted.reverted_rank
