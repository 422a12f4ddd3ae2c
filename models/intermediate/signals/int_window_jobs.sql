-- one row per job of the window's commits, skipped ones included, as it stood at as_of
-- A table: every later model reads it. With a view, fct_signal_events took 4.8 s instead of 0.2 s for a
-- thousand jobs, because the engine analyses a view again wherever it is used.
{{ config(materialized="table") }}

{% set infra_outcome = {"failure": "failure", "gap": "cancelled", "ignored": "skipped"}.get(
    policy("infra_failures", ["failure", "gap", "ignored"])
) %}
{% set has_rule = "seen_rule in (select rule from test_rules)" %}
{% set has_failing_rows %}
    job_id in (
        select job_id
        from {{ ref("stg_ci__test_runs") }}
        where
            is_failing
            and inserted_at <= (select as_of from bounds)
            and job_id {{ in_rows() }} (select job_id from versions where set_aside_reason = '')
    )
{% endset %}

with
    versions as (select * from {{ ref("int_job_versions") }}),

    bounds as (select * from {{ ref("int_window") }}),

    outcomes as (select * from {{ ref("job_outcomes") }}),

    test_rules as (select * from {{ ref("test_failure_rules") }}),

    infra_rules as (select * from {{ ref("infra_failure_rules") }}),

    -- in a replay, a job that ended after as_of still runs
    as_seen as (
        select
            *,
            status = 'completed' and completed_at > assumeNotNull((select as_of from bounds)) as ends_later,
            if(ends_later, '', conclusion) as seen_conclusion,
            if(ends_later, '', rule) as seen_rule,
            if(ends_later, toDateTime64(0, 9, 'UTC'), completed_at) as seen_completed_at,
            ends_later or status != 'completed' or seen_conclusion = '' as is_pending
        from versions
        where set_aside_reason = ''
    ),

    with_outcomes as (
        select
            as_seen.*,
            multiIf(
                as_seen.seen_conclusion = '',
                'pending',
                outcomes.outcome = '',
                'cancelled',
                outcomes.outcome = 'failure' and as_seen.seen_rule in (select rule from infra_rules),
                '{{ infra_outcome }}',
                outcomes.outcome
            ) as outcome
        from as_seen
        left join outcomes on as_seen.seen_conclusion = outcomes.conclusion
    )

select
    job_id,
    {{ attempt_id() }} as attempt_id,
    head_sha,
    workflow_name,
    job_name,
    {{ job_base_name("job_name") }} as job_base_name,
    run_id,
    run_attempt,
    recorded_started_at,
    greatest(recorded_started_at, created_at) as started_at,
    seen_completed_at as completed_at,
    seen_conclusion as conclusion,
    seen_rule as rule,
    outcome,
    is_pending,
    outcome = 'failure' and {{ test_failure_evidence(has_rule, has_failing_rows) }} as is_test_failure
from with_outcomes
