-- one row: the window of the last build, and how much is in it
{{ config(materialized="view") }}

with
    bounds as (select * from {{ ref("int_window") }}),

    signals as (select * from {{ ref("rpt_signal_overview") }}),

    window_commits as (select count() as commits from {{ ref("dim_commits") }}),

    window_jobs as (
        select count() as jobs, countIf(not is_pending) as finished_jobs from {{ ref("int_window_jobs") }}
    ),

    flakes as (
        select countIf(is_new) as new_flakes, round(sum(rpt_flakes.lost_minutes), 1) as lost_minutes
        from {{ ref("rpt_flakes") }} as rpt_flakes
    ),

    totals as (
        select
            count() as all_signals,
            countIf(is_failing) as failing_signals,
            countIf(is_unseen) as unseen_signals,
            countIf(is_flaky) as flaky_signals,
            countIf(is_seen_once) as seen_once_signals,
            countIf(is_recovered) as recovered_signals,
            countIf(is_pending) as pending_signals
        from signals
    )

select
    bounds.repository as repository,
    bounds.branch_ref as branch_ref,
    bounds.server_url as server_url,
    bounds.workflows as workflows,
    bounds.starts_at as starts_at,
    bounds.as_of as as_of,
    bounds.lookback_hours as lookback_hours,
    bounds.build_id as build_id,
    window_commits.commits as commits,
    window_jobs.jobs as jobs,
    window_jobs.finished_jobs as finished_jobs,
    totals.all_signals as signals,
    totals.failing_signals as failing_signals,
    totals.unseen_signals as unseen_signals,
    totals.flaky_signals as flaky_signals,
    totals.seen_once_signals as seen_once_signals,
    totals.recovered_signals as recovered_signals,
    totals.pending_signals as pending_signals,
    flakes.new_flakes as new_flakes,
    flakes.lost_minutes as lost_minutes
from bounds
cross join window_commits
cross join window_jobs
cross join totals
cross join flakes
