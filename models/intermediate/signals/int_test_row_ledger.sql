-- one row per (job, reason): how many test rows of the window's jobs are in an event, or why they are not
{% set all_failures_count = policy("failed_and_passed", ["both", "success", "flaky"]) == "both" %}
{% set left_out %}
    (attempt_id, test_id) in (
        select attempt_id, test_id from {{ ref("int_test_verdicts") }} where has_failure and has_success
    )
    or (workflow_name, job_base_name, test_id) not in (
        select workflow_name, job_base_name, test_id
        from {{ ref("int_test_verdicts") }}
        where {{ counts_as("failure") }}
    )
{% endset %}

with
    jobs as (select job_id, outcome, true as is_counted from {{ ref("int_window_jobs") }}),

    tracked_jobs as (select job_id, true as is_tracked from {{ ref("int_tracked_jobs") }}),

    given_events as (select *, true as is_given from {{ ref("int_all_events") }} where source = 'test'),

    stored as (
        select job_id, sum(arrivals.test_rows) as test_rows, sum(rows_after_as_of) as late_rows
        from {{ ref("int_test_row_arrivals") }} as arrivals
        group by job_id
    ),

    runs as (
        select
            *,
            multiIf(is_failing, 'failure', is_passing, 'success', '') as status,
            {{ "false" if all_failures_count else left_out }} as is_left_out
        from {{ ref("int_test_runs") }}
    ),

    -- rows of tests that failed somewhere: each one is in an event with its verdict, or was skipped
    explained_runs as (
        select
            runs.job_id as job_id,
            toInt64(countIf(given_events.is_given)) as event_rows,
            toInt64(countIf(runs.status = '')) as skipped_rows,
            toInt64(
                countIf(not given_events.is_given and runs.status != '' and is_left_out)
            ) as left_out_rows,
            toInt64(count()) - event_rows - skipped_rows - left_out_rows as unexplained_rows
        from runs
        left join
            given_events
            on runs.attempt_id = given_events.attempt_id
            and runs.test_id = given_events.signal_key
            and runs.status = given_events.status
        group by runs.job_id
    ),

    job_reasons as (
        select
            stored.job_id as job_id,
            multiIf(
                not jobs.is_counted,
                'job_set_aside',
                jobs.outcome = 'skipped',
                'job_skipped',
                not tracked_jobs.is_tracked,
                'untracked_base_name',
                'test_never_failed'
            ) as job_reason,
            [
                ('in_event', explained_runs.event_rows),
                ('skipped_run', explained_runs.skipped_rows),
                ('failed_and_passed', explained_runs.left_out_rows),
                ('unexplained', explained_runs.unexplained_rows),
                ('after_as_of', stored.late_rows),
                (
                    job_reason,
                    stored.test_rows
                    - stored.late_rows
                    - explained_runs.event_rows
                    - explained_runs.skipped_rows
                    - explained_runs.left_out_rows
                    - explained_runs.unexplained_rows
                )
            ] as reasons
        from stored
        left join jobs on stored.job_id = jobs.job_id
        left join tracked_jobs on stored.job_id = tracked_jobs.job_id
        left join explained_runs on stored.job_id = explained_runs.job_id
    )

select job_id, tupleElement(job_reason_rows, 1) as reason, tupleElement(job_reason_rows, 2) as test_rows
from job_reasons
array join reasons as job_reason_rows
where test_rows != 0
