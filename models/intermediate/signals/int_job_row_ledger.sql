-- one row per stored version of a job created in the window: whether it is in an event, or why not
with
    versions as (select * from {{ ref("int_job_versions") }}),

    jobs as (select * from {{ ref("int_window_jobs") }}),

    attempts as (select attempt_id, true as is_attempt, has_cancelled from {{ ref("int_attempt_groups") }}),

    events as (select * from {{ ref("int_signal_events") }}),

    signal_bases as (select distinct workflow_name, job_base_name, true as has_signal from events),

    tracked_bases as (
        select distinct workflow_name, job_base_name, true as is_tracked from {{ ref("int_tracked_jobs") }}
    ),

    kept_events as (select distinct attempt_id, true as is_kept from events),

    given_events as (select distinct attempt_id, true as is_given from {{ ref("int_all_events") }})

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
        attempts.is_attempt and not signal_bases.has_signal,
        'never_failed',
        attempts.has_cancelled,
        'cancelled',
        attempts.is_attempt and tracked_bases.is_tracked,
        'no_test_verdict',
        'unexplained'
    ) as reason
from versions
left join jobs on versions.job_id = jobs.job_id
left join attempts on jobs.attempt_id = attempts.attempt_id
left join kept_events on jobs.attempt_id = kept_events.attempt_id
left join given_events on jobs.attempt_id = given_events.attempt_id
left join
    signal_bases
    on jobs.workflow_name = signal_bases.workflow_name
    and jobs.job_base_name = signal_bases.job_base_name
left join
    tracked_bases
    on jobs.workflow_name = tracked_bases.workflow_name
    and jobs.job_base_name = tracked_bases.job_base_name
