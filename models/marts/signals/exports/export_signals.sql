-- one row per signal: signals.csv, and the first columns of `signals list` and `signals show`
{{ config(materialized="view") }}

with signals as (select * from {{ ref("rpt_signal_overview") }})

select
    signal_number,
    signal_id,
    source,
    toValidUTF8(signals.workflow_name) as workflow_name,
    toValidUTF8(signals.job_base_name) as job_base_name,
    toValidUTF8(signals.signal_key) as signal_key,
    state,
    is_failing,
    is_unseen,
    is_flaky,
    is_seen_once,
    is_recovered,
    is_pending,
    current_outcome,
    streak_commits,
    silent_commits,
    silent_minutes,
    first_failing_sha,
    {{ iso_time("signals.broke_at") }} as broke_at,
    last_good_sha,
    candidate_commits,
    fixed_sha,
    broken_minutes,
    failing_commits,
    flaky_commits,
    passing_commits,
    verdict_commits,
    lone_failures,
    flake_rate,
    flake_rate_low,
    flake_rate_high,
    failures,
    successes,
    pendings
from signals
