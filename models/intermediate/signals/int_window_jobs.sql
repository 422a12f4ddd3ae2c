-- one row per job of the window's commits, skipped ones included, as it stood at as_of
{{ config(materialized="table") }}

with
    jobs as (select * from {{ ref('stg_ci__workflow_jobs') }}),

    bounds as (select * from {{ ref('int_window') }}),

    commits as (select * from {{ ref('int_push_dedup') }}),

    outcomes as (select * from {{ ref('job_outcomes') }}),

    test_rules as (select * from {{ ref('test_failure_rules') }}),

    excluded as (select * from {{ ref('excluded_job_patterns') }}),

    chosen_jobs as (
        select *
        from jobs
        where
            created_at >= (select starts_at from bounds)
            and created_at <= (select as_of from bounds)
            and head_sha in (select head_sha from commits)
            and repository in ('', (select repository from bounds))
            and (
                empty((select workflows from bounds)) or has((select workflows from bounds), workflow_name)
            )
            and not arrayExists(
                pattern -> position(job_name, pattern) > 0, (select groupArray(pattern) from excluded)
            )
    ),

    -- of a job that was stored several times, the version that counts does not depend on which came last
    single_versions as (
        select *
        from chosen_jobs
        order by
            status = 'completed' desc,
            completed_at desc,
            recorded_started_at desc,
            tuple(conclusion, rule, job_name, run_id, run_attempt, status, workflow_name, head_sha, created_at) desc
        limit 1 by job_id
    ),

    -- a replay sees a job that ended later as still running
    as_seen as (
        select
            *,
            status = 'completed' and completed_at > (select as_of from bounds) as ends_later,
            if(ends_later, '', conclusion) as seen_conclusion,
            if(ends_later, '', rule) as seen_rule,
            ends_later or status != 'completed' or seen_conclusion = '' as is_pending
        from single_versions
    ),

    with_outcomes as (
        select
            as_seen.*,
            multiIf(
                as_seen.seen_conclusion = '', 'pending', outcomes.outcome = '', 'cancelled', outcomes.outcome
            ) as outcome
        from as_seen
        left join outcomes on as_seen.seen_conclusion = outcomes.conclusion
    )

select
    job_id,
    head_sha,
    workflow_name,
    job_name,
    {{ job_base_name('job_name') }} as job_base_name,
    run_id,
    run_attempt,
    recorded_started_at,
    greatest(recorded_started_at, created_at) as started_at,
    seen_conclusion as conclusion,
    seen_rule as rule,
    outcome,
    is_pending,
    outcome = 'failure' and seen_rule in (select rule from test_rules) as is_test_failure
from with_outcomes
