-- one row per (signal, commit, attempt) that gave no event; a commit where nothing ran has one row, attempt 0
{{ config(materialized="view") }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    commits as (select * from {{ ref("dim_commits") }}),

    jobs as (select * from {{ ref("int_window_jobs") }}),

    attempts as (select * from {{ ref("int_attempt_groups") }}),

    verdicts as (select * from {{ ref("int_test_verdicts") }}),

    kept_events as (
        select distinct signal_id, commit_rank, wf_run_id as run_id, run_attempt, true as is_kept
        from {{ ref("fct_signal_events") }}
    ),

    -- before repeats within a commit are dropped
    given_events as (
        select distinct
            source, workflow_name, job_base_name, signal_key, head_sha, run_id, run_attempt, true as is_given
        from {{ ref("int_all_events") }}
    ),

    skipped_groups as (
        select distinct head_sha, workflow_name, job_base_name, true as is_skipped
        from jobs
        where outcome = 'skipped'
    ),

    -- every attempt a signal could have had an event from; (0, 0) where the commit has none
    candidates as (
        select
            signals.signal_id as signal_id,
            signals.source as source,
            signals.workflow_name as workflow_name,
            signals.job_base_name as job_base_name,
            signals.signal_key as signal_key,
            commits.commit_rank as commit_rank,
            commits.head_sha as head_sha,
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
    )

select
    candidates.signal_id as signal_id,
    candidates.commit_rank as commit_rank,
    candidates.head_sha as head_sha,
    candidates.run_id as wf_run_id,
    candidates.run_attempt as run_attempt,
    multiIf(
        given_events.is_given,
        'repeated',
        candidates.run_id = 0 and skipped_groups.is_skipped,
        'skipped',
        candidates.run_id = 0,
        'not_run',
        candidates.source = 'test' and verdicts.test_id != '',
        'only_skipped_rows',
        candidates.has_cancelled,
        'cancelled',
        'no_test_rows'
    ) as reason
from candidates
left join
    kept_events
    on candidates.signal_id = kept_events.signal_id
    and candidates.commit_rank = kept_events.commit_rank
    and candidates.run_id = kept_events.run_id
    and candidates.run_attempt = kept_events.run_attempt
left join
    given_events
    on candidates.source = given_events.source
    and candidates.workflow_name = given_events.workflow_name
    and candidates.job_base_name = given_events.job_base_name
    and candidates.signal_key = given_events.signal_key
    and candidates.head_sha = given_events.head_sha
    and candidates.run_id = given_events.run_id
    and candidates.run_attempt = given_events.run_attempt
left join
    verdicts
    on candidates.workflow_name = verdicts.workflow_name
    and candidates.job_base_name = verdicts.job_base_name
    and candidates.signal_key = verdicts.test_id
    and candidates.head_sha = verdicts.head_sha
    and candidates.run_id = verdicts.run_id
    and candidates.run_attempt = verdicts.run_attempt
left join
    skipped_groups
    on candidates.workflow_name = skipped_groups.workflow_name
    and candidates.job_base_name = skipped_groups.job_base_name
    and candidates.head_sha = skipped_groups.head_sha
where not kept_events.is_kept
