-- one row per signal, for the lists of the index
{{ config(materialized="view") }}

with
    signals as (select * from {{ ref("rpt_signal_overview") }}),

    commits as (select * from {{ ref("dim_commits") }})

select
    signals.signal_id as signal_id,
    signals.source as source,
    toValidUTF8(signals.workflow_name) as workflow,
    toValidUTF8(signals.job_base_name) as base,
    toValidUTF8(signals.signal_key) as key,
    signals.is_failing as is_failing,
    signals.is_unseen as is_unseen,
    signals.is_flaky as is_flaky,
    signals.streak_commits as streak_commits,
    signals.silent_commits as silent_commits,
    signals.silent_minutes as silent_minutes,
    substring(signals.first_failing_sha, 1, 9) as sha,
    if(signals.first_failing_sha is null, null, commits.title) as title,
    signals.broke_at as broke_at,
    signals.candidate_commits as candidate_commits,
    signals.flaky_commits as flaky_commits,
    signals.verdict_commits as verdict_commits,
    signals.lone_failures as lone_failures,
    signals.flake_rate_low as flake_rate_low,
    signals.flake_rate_high as flake_rate_high,
    signals.recently_broken_order as recently_broken_order,
    signals.flakiest_order as flakiest_order
from signals
left join commits on signals.first_failing_sha = commits.head_sha
