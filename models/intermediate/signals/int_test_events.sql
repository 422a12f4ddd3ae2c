-- one row per (attempt group, test, status): what the attempt says about the test
{% set all_failures_count = policy("failed_and_passed", ["both", "success", "flaky"]) == "both" %}

with
    verdicts as (select * from {{ ref("int_test_verdicts") }}),

    attempts as (select * from {{ ref("int_attempt_groups") }}),

    -- a test is no signal if none of its failures counts
    tests as (
        select distinct workflow_name, job_base_name, test_id
        from {{ ref("int_failing_tests") }}
        {%- if not all_failures_count %}
            where
                (workflow_name, job_base_name, test_id) in (
                    select workflow_name, job_base_name, test_id
                    from verdicts
                    where {{ counts_as("failure") }}
                )
        {%- endif %}
    ),

    recorded as (
        select
            attempt_id,
            head_sha,
            workflow_name,
            job_base_name,
            test_id,
            run_id,
            run_attempt,
            arrayJoin(
                arrayConcat(
                    if({{ counts_as("failure") }}, [('failure', failing_started_at, failing_job_id)], []),
                    if({{ counts_as("success") }}, [('success', passing_started_at, passing_job_id)], [])
                )
            ) as verdict
        from verdicts
        {%- if not all_failures_count %}
            where
                (workflow_name, job_base_name, test_id)
                in (select workflow_name, job_base_name, test_id from tests)
        {%- endif %}
    ),

    -- of these attempts alone; the verdicts of all of them would be worked out once more, 0.2 s
    recorded_tests as (
        select attempt_id, test_id
        from verdicts
        where attempt_id in (select attempt_id from attempts where has_pending)
    ),

    -- no run is recorded, but a shard still runs and may record one
    awaited as (
        select
            attempts.attempt_id as attempt_id,
            attempts.head_sha as head_sha,
            attempts.workflow_name as workflow_name,
            attempts.job_base_name as job_base_name,
            tests.test_id as test_id,
            attempts.run_id as run_id,
            attempts.run_attempt as run_attempt,
            attempts.started_at as started_at,
            attempts.link_job_id as job_id
        from attempts
        inner join
            tests
            on attempts.workflow_name = tests.workflow_name
            and attempts.job_base_name = tests.job_base_name
        left anti join
            recorded_tests
            on attempts.attempt_id = recorded_tests.attempt_id
            and tests.test_id = recorded_tests.test_id
        where attempts.has_pending
    )

select
    attempt_id,
    head_sha,
    workflow_name,
    job_base_name,
    test_id,
    run_id,
    run_attempt,
    tupleElement(verdict, 2) as started_at,
    tupleElement(verdict, 3) as job_id,
    tupleElement(verdict, 1) as status
from recorded
union all
select
    attempt_id,
    head_sha,
    workflow_name,
    job_base_name,
    test_id,
    run_id,
    run_attempt,
    started_at,
    job_id,
    'pending' as status
from awaited
