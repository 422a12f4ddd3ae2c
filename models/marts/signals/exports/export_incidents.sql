-- one row per incident with its suspects, signals and what to run next inside: a line of incidents.jsonl,
-- and a card
-- of the index
-- a table: the file, the index and the terminal read it
{{ config(order_by="incident_number") }}

with
    incidents as (select * from {{ ref("rpt_incidents") }}),

    commits as (select * from {{ ref("dim_commits") }}),

    incident_suspects as (
        select
            suspects.incident_id as incident_id,
            arraySort(
                groupArray(
                    tuple(
                        suspects.suspect_number,
                        suspects.commit_rank,
                        suspects.head_sha,
                        {{ iso_time("commits.committed_at") }},
                        commits.title,
                        toValidUTF8(commits.author),
                        {{ pull_request("commits.title") }},
                        suspects.probability,
                        suspects.is_reverted
                    )
                )
            ) as suspect_list
        from {{ ref("rpt_incident_suspects") }} as suspects
        inner join commits on suspects.commit_rank = commits.commit_rank
        where suspects.is_in_90
        group by suspects.incident_id
    ),

    members as (
        select
            placed.incident_id as incident_id,
            toValidUTF8(signals.workflow_name) as workflow,
            tuple(
                signals.signal_number,
                signals.signal_id,
                signals.source,
                workflow,
                toValidUTF8(signals.job_base_name),
                toValidUTF8(signals.signal_key),
                verdicts.verdict,
                verdicts.probability_broken
            ) as signal,
            verdicts.verdict = 'broken' as is_red
        from {{ ref("fct_incident_signals") }} as placed
        inner join {{ ref("rpt_signal_verdicts") }} as verdicts on placed.signal_id = verdicts.signal_id
        inner join {{ ref("dim_signals") }} as signals on placed.signal_id = signals.signal_id
    ),

    incident_workflows as (
        select
            incident_id,
            arraySort(groupArray(tuple(workflow, workflow_signals, workflow_red))) as workflow_list
        from
            (
                select incident_id, workflow, count() as workflow_signals, countIf(is_red) as workflow_red
                from members
                group by incident_id, workflow
            )
        group by incident_id
    ),

    incident_signals as (
        select incident_id, arraySort(groupArray(signal)) as signal_list from members group by incident_id
    ),

    incident_runs as (
        select
            incident_id,
            groupArray(
                tuple(
                    workflow_name,
                    job_base_name,
                    commit_rank,
                    head_sha,
                    is_running,
                    ran_workflow,
                    wf_run_id,
                    job_id,
                    suspects_left
                )
            ) as run_list
        from {{ ref("rpt_next_runs") }}
        where question = 'suspects'
        group by incident_id
    )

select
    incident_number,
    incident_id,
    status,
    is_older,
    {{ iso_time("broke_at") }} as broke_at,
    {{ iso_time("first_failed_at") }} as first_failed_at,
    broken_minutes,
    nullIf(fixed_sha, '') as fixed_sha,
    if(status = 'red', null, {{ iso_time("fixed_at") }}) as fixed_at,
    nullIf(revert_sha, '') as revert_sha,
    incidents.signals as signal_count,
    red_signals,
    cast(
        workflow_list, 'Array(Tuple(workflow_name String, signals UInt64, red_signals UInt64))'
    ) as workflows,
    cast(
        suspect_list,
        'Array(Tuple(suspect_number UInt64, commit_rank UInt64, head_sha String, committed_at String,
            title String, author String, pull_request UInt64, probability Float64, is_reverted Bool))'
    ) as suspects,
    cast(
        signal_list, 'Array(Tuple(signal_number UInt64, signal_id String, source String, workflow_name String,
            job_base_name String, key String, verdict String, probability_broken Float64))'
    ) as signals,
    cast(
        run_list,
        'Array(Tuple(workflow_name String, job_base_name String, commit_rank UInt64, head_sha String,
            is_running Bool, ran_workflow Bool, wf_run_id Int64, job_id Int64, suspects_left Float64))'
    ) as next_runs
from incidents
inner join incident_workflows using (incident_id)
inner join incident_signals using (incident_id)
left join incident_suspects using (incident_id)
left join incident_runs using (incident_id)
