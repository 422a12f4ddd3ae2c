-- one row per (job, test) that a failing event of a test names: what its failing run said
with
    failing_jobs as (
        select distinct job_id
        from {{ ref("int_signal_events") }}
        where source = 'test' and status = 'failure'
    ),

    bounds as (select * from {{ ref("int_window") }}),

    -- only texts of failing rows are read, and cut before anything else holds them
    failing_runs as (
        select
            job_id,
            test_id,
            substring(toValidUTF8(failure_type), 1, 200) as error_type,
            {{ first_lines("if(failure_message = '', failure_text, failure_message)") }} as message,
            {{ last_lines("failure_text") }} as context
        from {{ ref("stg_ci__test_runs") }}
        where
            is_failing
            and inserted_at <= (select as_of from bounds)
            and job_id {{ in_rows() }} (select job_id from failing_jobs)
    ),

    -- of several runs one that says something, the same one in any order of rows
    chosen as (
        select job_id, test_id, min(tuple(message = '', message, error_type, context)) as said
        from failing_runs
        group by job_id, test_id
    )

select
    job_id,
    test_id,
    tupleElement(said, 2) as message,
    tupleElement(said, 3) as error_type,
    -- without a message the text is the message
    if(tupleElement(said, 4) = tupleElement(said, 2), '', tupleElement(said, 4)) as context
from chosen
