-- one row per stored version of a job created in the window: the event it is part of, or why it is in none
with
    versions as (select * from {{ ref("int_job_versions") }}),

    jobs as (select * from {{ ref("int_window_jobs") }}),

    attempts as (
        select head_sha, workflow_name, job_base_name, run_id, run_attempt, has_cancelled
        from {{ ref("int_attempt_groups") }}
    ),

    signal_bases as (
        select distinct workflow_name, job_base_name, true as has_signal from {{ ref("dim_signals") }}
    ),

    tracked_bases as (
        select distinct workflow_name, job_base_name, true as is_tracked from {{ ref("int_tracked_jobs") }}
    ),

    kept_events as (
        select distinct
            head_sha, workflow_name, job_base_name, wf_run_id as run_id, run_attempt, true as is_kept
        from {{ ref("fct_signal_events") }}
    ),

    given_events as (
        select distinct head_sha, workflow_name, job_base_name, run_id, run_attempt, true as is_given
        from {{ ref("int_all_events") }}
    )

select
    versions.job_id as job_id,
    multiIf(
        versions.set_aside_reason != '',
        versions.set_aside_reason,
        jobs.outcome = 'skipped',
        'skipped',
        kept_events.is_kept,
        'in_event',
        given_events.is_given,
        'repeated',
        attempts.run_id != 0 and not signal_bases.has_signal,
        'never_failed',
        attempts.has_cancelled,
        'cancelled',
        attempts.run_id != 0 and tracked_bases.is_tracked,
        'no_test_verdict',
        'unexplained'
    ) as reason
from versions
left join jobs on versions.job_id = jobs.job_id
left join
    attempts
    on jobs.head_sha = attempts.head_sha
    and jobs.workflow_name = attempts.workflow_name
    and jobs.job_base_name = attempts.job_base_name
    and jobs.run_id = attempts.run_id
    and jobs.run_attempt = attempts.run_attempt
left join
    kept_events
    on jobs.head_sha = kept_events.head_sha
    and jobs.workflow_name = kept_events.workflow_name
    and jobs.job_base_name = kept_events.job_base_name
    and jobs.run_id = kept_events.run_id
    and jobs.run_attempt = kept_events.run_attempt
left join
    given_events
    on jobs.head_sha = given_events.head_sha
    and jobs.workflow_name = given_events.workflow_name
    and jobs.job_base_name = given_events.job_base_name
    and jobs.run_id = given_events.run_id
    and jobs.run_attempt = given_events.run_attempt
left join
    signal_bases
    on jobs.workflow_name = signal_bases.workflow_name
    and jobs.job_base_name = signal_bases.job_base_name
left join
    tracked_bases
    on jobs.workflow_name = tracked_bases.workflow_name
    and jobs.job_base_name = tracked_bases.job_base_name
