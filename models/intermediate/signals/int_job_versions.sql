-- one row per stored version of a job created in the window, and why it does not count ('' when it does)
-- A table: the jobs and both ledgers read it; as a view it takes each of them 0.3 s over 44 thousand jobs.
{{ config(materialized="table") }}

with
    -- the classifier's texts are long, and only those of failing jobs are wanted (int_job_failure_texts)
    jobs as (
        select * except (rule_line, rule_line_number, rule_captures, rule_context)
        from {{ ref("stg_ci__workflow_jobs") }}
    ),

    bounds as (select * from {{ ref("int_window") }}),

    commits as (select * from {{ ref("int_push_dedup") }}),

    excluded as (select * from {{ ref("excluded_job_patterns") }}),

    window_jobs as (
        select
            *,
            multiIf(
                head_sha not in (select head_sha from commits),
                'other_commit',
                repository not in ('', (select repository from bounds)),
                'other_repository',
                notEmpty((select workflows from bounds))
                and not has((select workflows from bounds), workflow_name),
                'other_workflow',
                arrayExists(
                    pattern -> position(job_name, pattern) > 0, (select groupArray(pattern) from excluded)
                ),
                'excluded_name',
                ''
            ) as scope_reason
        from jobs
        where created_at >= (select starts_at from bounds) and created_at <= (select as_of from bounds)
    )

-- a job is stored again as it runs; which version counts must not depend on the order of loading
select
    * except (scope_reason),
    multiIf(
        scope_reason != '',
        scope_reason,
        row_number() over (
            partition by scope_reason, job_id
            order by
                status = 'completed' desc,
                completed_at desc,
                recorded_started_at desc,
                tuple(conclusion, rule, job_name, run_id, run_attempt, status, workflow_name, head_sha) desc
        )
        > 1,
        'older_version',
        ''
    ) as set_aside_reason
from window_jobs
