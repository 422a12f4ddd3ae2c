-- one row per (attempt group, signal of the job): the job itself, for which test failures do not count, and
-- with
-- var job_test_signals its tests as a whole
{% set has_test_signals = policy("job_test_signals", [false, true]) %}

with
    attempts as (select * from {{ ref("int_attempt_groups") }}),

    -- where the job broke down, nothing is known of its tests
    said as (
        select
            *,
            arrayJoin(
                arrayConcat(
                    [
                        (
                            job_base_name,
                            multiIf(has_non_test_failures, 'failure', has_pending, 'pending', 'success')
                        )
                    ],
                    if(
                        {{ has_test_signals }}
                        and (has_test_failures or has_pending or not has_non_test_failures),
                        [
                            (
                                concat(job_base_name, ' [test]'),
                                multiIf(has_test_failures, 'failure', has_pending, 'pending', 'success')
                            )
                        ],
                        []
                    )
                )
            ) as verdict
        from attempts
        where not has_cancelled
    )

select
    attempt_id,
    head_sha,
    workflow_name,
    job_base_name,
    tupleElement(verdict, 1) as signal_key,
    run_id,
    run_attempt,
    started_at,
    link_job_id as job_id,
    tupleElement(verdict, 2) as status
from said
