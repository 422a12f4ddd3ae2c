-- one row per question that one more run would answer: which suspect of a red incident, or whether a signal
-- is flaky
{{ config(order_by="(incident_id, signal_id)") }}

with
    incidents as (select * from {{ ref("rpt_incidents") }} where status = 'red' and suspects > 1),

    suspects as (select * from {{ ref("rpt_incident_suspects") }} where is_in_90),

    signals as (
        select
            placed.incident_id as incident_id,
            placed.signal_id as signal_id,
            signals.workflow_name as workflow_name,
            signals.job_base_name as job_base_name
        from {{ ref("fct_incident_signals") }} as placed
        inner join {{ ref("rpt_signal_verdicts") }} as verdicts on placed.signal_id = verdicts.signal_id
        inner join {{ ref("dim_signals") }} as signals on placed.signal_id = signals.signal_id
        where verdicts.verdict = 'broken'
    ),

    jobs as (select * from {{ ref("int_window_jobs") }} where outcome != 'skipped'),

    -- if a commit fails, the culprit is it or an older one; if it passes, a newer one
    splits as (
        select
            suspects.incident_id as incident_id,
            suspects.commit_rank as commit_rank,
            suspects.head_sha as head_sha,
            sum(suspects.probability) over from_oldest / sum(suspects.probability) over whole as fails,
            count() over from_oldest as left_if_it_fails,
            count() over whole - left_if_it_fails as left_if_it_passes
        from suspects
        inner join incidents on suspects.incident_id = incidents.incident_id
        window
            from_oldest as (
                partition by suspects.incident_id
                order by suspects.commit_rank desc
                rows between unbounded preceding and current row
            ),
            whole as (partition by suspects.incident_id)
    ),

    incident_jobs as (
        select incident_id, workflow_name, job_base_name, count() as signals
        from signals
        group by incident_id, workflow_name, job_base_name
    ),

    -- commits where the job has spoken already
    answered as (
        select distinct
            signals.incident_id as incident_id,
            signals.workflow_name as workflow_name,
            signals.job_base_name as job_base_name,
            verdict_sums.commit_rank as commit_rank,
            1 as is_answered
        from {{ ref("int_signal_verdict_sums") }} as verdict_sums
        inner join signals on verdict_sums.signal_id = signals.signal_id
    ),

    choices as (
        select
            splits.incident_id as incident_id,
            argMin(
                tuple(
                    incident_jobs.workflow_name,
                    incident_jobs.job_base_name,
                    splits.commit_rank,
                    splits.head_sha,
                    fails * left_if_it_fails + (1 - fails) * left_if_it_passes
                ),
                -- the most even split, then the job of most signals
                tuple(
                    round(abs(fails - 0.5), 6),
                    - toInt64(incident_jobs.signals),
                    incident_jobs.workflow_name,
                    incident_jobs.job_base_name,
                    splits.commit_rank
                )
            ) as choice
        from splits
        inner join incident_jobs on splits.incident_id = incident_jobs.incident_id
        left join
            answered
            on splits.incident_id = answered.incident_id
            and incident_jobs.workflow_name = answered.workflow_name
            and incident_jobs.job_base_name = answered.job_base_name
            and splits.commit_rank = answered.commit_rank
        where left_if_it_passes > 0 and answered.is_answered = 0
        group by splits.incident_id
    ),

    -- a signal that fails now and may be flaky: the same commit once more
    doubtful as (
        select
            verdicts.signal_id as signal_id,
            overview.workflow_name as workflow_name,
            overview.job_base_name as job_base_name,
            overview.newest_verdict_rank as commit_rank
        from {{ ref("rpt_signal_verdicts") }} as verdicts
        inner join {{ ref("rpt_signal_overview") }} as overview on verdicts.signal_id = overview.signal_id
        where overview.is_failing and verdicts.probability_broken_now between 0.1 and 0.9
    ),

    questions as (
        select
            'suspects' as question,
            incident_id,
            '' as signal_id,
            tupleElement(choice, 1) as workflow_name,
            tupleElement(choice, 2) as job_base_name,
            tupleElement(choice, 3) as commit_rank,
            tupleElement(choice, 5) as suspects_left
        from choices
        union all
        select 'flaky', '', signal_id, workflow_name, job_base_name, commit_rank, toFloat64(0)
        from doubtful
    ),

    commits as (select commit_rank, head_sha from {{ ref("dim_commits") }}),

    -- the run to start again: the workflow's last on the commit; else the job's last on any commit
    job_runs as (
        select
            workflow_name,
            job_base_name,
            head_sha,
            max(tuple(run_id, job_id)) as last_run,
            max(is_pending) as is_running
        from jobs
        group by workflow_name, job_base_name, head_sha
    ),

    workflow_runs as (
        select workflow_name, head_sha, max(run_id) as run_id from jobs group by workflow_name, head_sha
    ),

    last_runs as (
        select workflow_name, job_base_name, max(run_id) as run_id
        from jobs
        group by workflow_name, job_base_name
    )

select
    questions.question as question,
    questions.incident_id as incident_id,
    questions.signal_id as signal_id,
    toValidUTF8(questions.workflow_name) as workflow_name,
    toValidUTF8(questions.job_base_name) as job_base_name,
    questions.commit_rank as commit_rank,
    commits.head_sha as head_sha,
    cast(job_runs.is_running as Bool) as is_running,
    cast(workflow_runs.run_id > 0 as Bool) as ran_workflow,
    if(workflow_runs.run_id > 0, workflow_runs.run_id, last_runs.run_id) as wf_run_id,
    tupleElement(job_runs.last_run, 2) as job_id,
    round(questions.suspects_left, 2) as suspects_left
from questions
inner join commits on questions.commit_rank = commits.commit_rank
left join
    job_runs
    on questions.workflow_name = job_runs.workflow_name
    and questions.job_base_name = job_runs.job_base_name
    and commits.head_sha = job_runs.head_sha
left join
    workflow_runs
    on questions.workflow_name = workflow_runs.workflow_name
    and commits.head_sha = workflow_runs.head_sha
left join
    last_runs
    on questions.workflow_name = last_runs.workflow_name
    and questions.job_base_name = last_runs.job_base_name
