-- one row per (signal, commit, attempt) that gave no event; a commit where nothing ran has one row, its
-- attempt null
{{ config(order_by="(signal_id, commit_rank)") }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    commits as (select * from {{ ref("dim_commits") }}),

    attempts as (select * from {{ ref("int_attempt_groups") }}),

    skipped_groups as (
        select distinct head_sha, workflow_name, job_base_name, true as is_skipped
        from {{ ref("int_window_jobs") }}
        where outcome = 'skipped'
    ),

    silent_verdicts as (
        select *, if(has_failure, 'failed_and_passed', 'only_skipped_rows') as silent_reason
        from {{ ref("int_test_verdicts") }}
        where not {{ counts_as("failure") }} and not {{ counts_as("success") }}
    ),

    -- every attempt that could have given an event; one without an id when the commit has no attempt
    candidates as (
        select
            signals.signal_id as signal_id,
            signals.source as source,
            signals.workflow_name as workflow_name,
            signals.job_base_name as job_base_name,
            signals.signal_key as signal_key,
            commits.commit_rank as commit_rank,
            commits.head_sha as head_sha,
            attempts.attempt_id as attempt_id,
            attempts.run_id as run_id,
            attempts.run_attempt as run_attempt,
            attempts.has_cancelled as has_cancelled
        from signals
        cross join commits
        left join
            attempts
            on commits.head_sha = attempts.head_sha
            and signals.workflow_name = attempts.workflow_name
            and signals.job_base_name = attempts.job_base_name
    ),

    -- the events of each attempt before repeats were dropped, and whether any event was kept
    given_events as (
        select signal_id, attempt_id, true as is_given, max(is_kept) as has_kept
        from
            (
                select signal_id, attempt_id, false as is_kept
                from {{ ref("int_all_events") }}
                union all
                select signal_id, attempt_id, true as is_kept
                from {{ ref("int_signal_events") }}
            )
        group by signal_id, attempt_id
    ),

    eventless as (
        select candidates.*, given_events.is_given as is_repeated
        from candidates
        left join
            given_events
            on candidates.signal_id = given_events.signal_id
            and candidates.attempt_id = given_events.attempt_id
        where not given_events.has_kept
    )

select
    eventless.signal_id as signal_id,
    eventless.commit_rank as commit_rank,
    eventless.head_sha as head_sha,
    nullIf(eventless.attempt_id, '') as attempt_id,
    if(eventless.attempt_id = '', null, eventless.run_id) as wf_run_id,
    if(eventless.attempt_id = '', null, eventless.run_attempt) as run_attempt,
    multiIf(
        eventless.is_repeated,
        'repeated',
        eventless.attempt_id = '' and skipped_groups.is_skipped,
        'skipped',
        eventless.attempt_id = '',
        'not_run',
        eventless.source = 'test' and silent_verdicts.silent_reason != '',
        silent_verdicts.silent_reason,
        eventless.has_cancelled,
        'cancelled',
        'no_test_rows'
    ) as reason
from eventless
left join
    silent_verdicts
    on eventless.attempt_id = silent_verdicts.attempt_id
    and eventless.signal_key = silent_verdicts.test_id
left join
    skipped_groups
    on eventless.workflow_name = skipped_groups.workflow_name
    and eventless.job_base_name = skipped_groups.job_base_name
    and eventless.head_sha = skipped_groups.head_sha
