-- one row per attempt group with a failure that is not a test's: what the log classifier found in its last
-- such job
with
    failing_jobs as (
        select *
        from {{ ref("int_window_jobs") }}
        where outcome = 'failure' and not is_test_failure
        order by recorded_started_at desc, job_name desc, job_id desc
        limit 1 by attempt_id
    ),

    classified as (
        select
            job_id,
            conclusion,
            rule,
            completed_at,
            {{ first_lines("rule_line") }} as line,
            rule_line_number as line_number,
            arrayMap(
                capture -> substringUTF8(toValidUTF8(substring(capture, 1, 2000)), 1, 500),
                arraySlice(rule_captures, 1, {{ var("failure_text_lines") | int }})
            ) as captures,
            {{ first_lines("arrayStringConcat(rule_context, '\\n')") }} as context
        from {{ ref("stg_ci__workflow_jobs") }}
        where job_id {{ in_rows() }} (select job_id from failing_jobs)
    )

-- the version of the job that counts; versions can agree in all that tells them apart
select
    failing_jobs.attempt_id as attempt_id,
    failing_jobs.job_id as job_id,
    failing_jobs.rule as rule,
    classified.line as line,
    classified.line_number as line_number,
    classified.captures as captures,
    classified.context as context
from failing_jobs
left join
    classified
    on failing_jobs.job_id = classified.job_id
    and failing_jobs.conclusion = classified.conclusion
    and failing_jobs.rule = classified.rule
    and failing_jobs.completed_at = classified.completed_at
order by line desc, line_number desc, context desc, captures desc
limit 1 by attempt_id
