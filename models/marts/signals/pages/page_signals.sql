-- one row per signal of the grid and of the signal pages
{{ config(materialized="view") }}

with
    signals as (select * from {{ ref("rpt_signal_overview") }}),

    strips as (select * from {{ ref("rpt_signal_strips") }}),

    -- [commit_rank, probability] of the 90 % set of a signal that broke
    suspicions as (
        select
            suspects.signal_id as signal_id,
            arrayMap(
                numbered -> tuple(tupleElement(numbered, 2), tupleElement(numbered, 3)),
                arraySort(
                    groupArray(
                        tuple(suspects.suspect_number, suspects.commit_rank, round(suspects.probability, 3))
                    )
                )
            ) as suspects
        from {{ ref("rpt_signal_suspects") }} as suspects
        inner join {{ ref("rpt_signal_verdicts") }} as verdicts on suspects.signal_id = verdicts.signal_id
        where suspects.is_in_90 and verdicts.verdict != 'flaky'
        group by suspects.signal_id
    ),

    incidents as (select signal_id, incident_id from {{ ref("fct_incident_signals") }})

select
    signals.group_order as group_order,
    signals.signal_id as id,
    signals.source as source,
    toValidUTF8(signals.workflow_name) as workflow,
    toValidUTF8(signals.job_base_name) as base,
    toValidUTF8(signals.signal_key) as key,
    signals.state as state,
    signals.is_failing as is_failing,
    signals.is_unseen as is_unseen,
    signals.is_flaky as is_flaky,
    signals.is_seen_once as is_seen_once,
    signals.is_recovered as is_recovered,
    signals.is_pending as is_pending,
    signals.streak_commits as streak_commits,
    signals.silent_commits as silent_commits,
    signals.silent_minutes as silent_minutes,
    signals.first_failing_rank as first_failing_rank,
    signals.last_good_rank as last_good_rank,
    signals.candidate_commits as candidate_commits,
    signals.fixed_rank as fixed_rank,
    signals.broken_minutes as broken_minutes,
    signals.flaky_commits as flaky_commits,
    signals.verdict_commits as verdict_commits,
    signals.lone_failures as lone_failures,
    round(signals.flake_rate, 4) as flake_rate,
    signals.flake_rate_low as flake_rate_low,
    signals.flake_rate_high as flake_rate_high,
    signals.recently_broken_order as recently_broken_order,
    signals.longest_broken_order as longest_broken_order,
    signals.flakiest_order as flakiest_order,
    strips.strip as strip,
    strips.outcome_letters as outcomes,
    strips.gap_letters as gaps,
    suspicions.suspects as suspects,
    incidents.incident_id as incident_id
from signals
inner join strips on signals.signal_id = strips.signal_id
left join suspicions on signals.signal_id = suspicions.signal_id
left join incidents on signals.signal_id = incidents.signal_id
