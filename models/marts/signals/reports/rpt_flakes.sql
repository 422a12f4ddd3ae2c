-- one row per signal with a flake, a failure outside its break: how often, whether that is new, what it cost
-- a table: the terminal and the pages read it
{{ config(order_by="flake_number") }}

with
    signals as (select * from {{ ref("dim_signals") }}),

    verdicts as (select * from {{ ref("rpt_signal_verdicts") }}),

    verdict_sums as (select * from {{ ref("int_signal_verdict_sums") }}),

    commits as (select commit_rank, head_sha from {{ ref("dim_commits") }}),

    -- "rerun failed" copies jobs under new ids with their old times
    failed_jobs as (
        select *, greatest(0, dateDiff('second', started_at, completed_at)) / 60 as minutes
        from {{ ref("int_window_jobs") }}
        where outcome = 'failure' and not is_pending
        order by run_attempt, job_id
        limit 1 by head_sha, workflow_name, job_name, run_id, recorded_started_at
    ),

    failing_runs as (select distinct job_id, test_id from {{ ref("int_failing_runs") }}),

    cells as (
        select
            verdict_sums.signal_id as signal_id,
            verdict_sums.commit_rank as commit_rank,
            verdict_sums.failures as failures,
            verdict_sums.successes as successes,
            -- the older half of the window is what was before
            verdict_sums.commit_rank * 2 > assumeNotNull((select count() from commits)) as is_older
        from verdict_sums
        inner join verdicts on verdict_sums.signal_id = verdicts.signal_id
        where {{ outside_break("verdict_sums.commit_rank", "verdicts") }}
    ),

    counted as (
        select
            signal_id,
            sum(cells.failures) as flakes,
            sumIf(cells.failures, is_older) as older_flakes,
            sum(cells.failures + cells.successes) as runs,
            sumIf(cells.failures + cells.successes, is_older) as older_runs,
            minIf(cells.commit_rank, cells.failures > 0) as newest_flake_rank
        from cells
        group by signal_id
        having flakes > 0
    ),

    -- what failed in a job: tests, or the job itself
    reasons as (
        select
            failed_jobs.job_id as job_id,
            failed_jobs.head_sha as head_sha,
            failed_jobs.minutes as minutes,
            'test' as source,
            failed_jobs.workflow_name as workflow_name,
            failed_jobs.job_base_name as job_base_name,
            failing_runs.test_id as signal_key
        from failed_jobs
        inner join failing_runs on failed_jobs.job_id = failing_runs.job_id
        union all
        select job_id, head_sha, minutes, 'job', workflow_name, job_base_name, job_base_name as signal_key
        from failed_jobs
        where not is_test_failure
    ),

    flakes as (
        select cells.signal_id as signal_id, commits.head_sha as head_sha, 1 as is_flake
        from cells
        inner join commits on cells.commit_rank = commits.commit_rank
        where cells.failures > 0
    ),

    -- a job costs its time if nothing but flakes failed in it; these share it
    judged as (
        select
            reasons.signal_id as signal_id,
            reasons.minutes / count() over (partition by reasons.job_id) as shared_minutes,
            min(flakes.is_flake) over (partition by reasons.job_id) as is_lost
        from (select {{ signal_id() }} as signal_id, job_id, head_sha, minutes from reasons) as reasons
        left join flakes on reasons.signal_id = flakes.signal_id and reasons.head_sha = flakes.head_sha
    ),

    costs as (
        select signal_id, count() as lost_jobs, sum(shared_minutes) as lost_minutes
        from judged
        where is_lost = 1
        group by signal_id
    ),

    -- that a signal that flakes as it does in the newer half never failed in the older one
    compared as (
        select
            *,
            flakes - older_flakes as newer_flakes,
            runs - older_runs - newer_flakes as newer_successes,
            exp(
                {{ log_evidence("suspects_good_rate", "newer_flakes", "newer_successes + older_runs") }}
                - {{ log_evidence("suspects_good_rate", "newer_flakes", "newer_successes") }}
            ) as chance_of_none
        from counted
    )

select
    row_number() over (
        order by costs.lost_minutes desc, compared.flakes desc, signals.signal_number
    ) as flake_number,
    signals.signal_id as signal_id,
    signals.signal_number as signal_number,
    signals.source as source,
    toValidUTF8(signals.workflow_name) as workflow_name,
    toValidUTF8(signals.job_base_name) as job_base_name,
    toValidUTF8(signals.signal_key) as signal_key,
    verdicts.verdict as verdict,
    verdicts.good_failure_rate as flake_rate,
    verdicts.good_failure_rate_low as flake_rate_low,
    verdicts.good_failure_rate_high as flake_rate_high,
    compared.flakes as flakes,
    compared.runs as runs,
    compared.older_flakes as older_flakes,
    compared.older_runs as older_runs,
    cast(
        compared.older_flakes = 0 and compared.chance_of_none < {{ var("new_flake_chance") }} as Bool
    ) as is_new,
    compared.newest_flake_rank as newest_flake_rank,
    newest.head_sha as newest_flake_sha,
    costs.lost_jobs as lost_jobs,
    round(costs.lost_minutes, 1) as lost_minutes
from compared
inner join signals on compared.signal_id = signals.signal_id
inner join verdicts on compared.signal_id = verdicts.signal_id
inner join commits as newest on compared.newest_flake_rank = newest.commit_rank
left join costs on compared.signal_id = costs.signal_id
