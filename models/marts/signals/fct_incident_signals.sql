-- one row per signal that broke: its incident, which is that of the signals that share a suspect with it
{{ config(order_by="(incident_id, signal_id)") }}

{% set spread = var("incident_spread") | int %}

with
    verdicts as (select * from {{ ref("rpt_signal_verdicts") }}),

    suspects as (select * from {{ ref("int_signal_suspects") }} where commit_rank > 0),

    failures as (select * from {{ ref("int_signal_events") }} where status = 'failure'),

    broken as (
        select *, probability_broken_before * 2 > probability_broken as is_older
        from verdicts
        where verdict != 'flaky'
    ),

    -- likely: by the signal's own verdicts a twentieth as probable as its first suspect, whatever the
    -- others say
    pointed_at as (
        select
            suspects.signal_id as signal_id,
            suspects.commit_rank as commit_rank,
            suspects.probability as probability,
            suspects.own_probability * 20 >= max(suspects.own_probability) over whole as is_likely,
            -- near: its culprit is hardly so far away that it has to be another one
            is_likely
            and sum(suspects.probability) over half_a_spread
            >= {{ var("incident_nearby_share") }} * sum(suspects.probability) over whole
            and sum(suspects.own_probability) over a_spread
            >= sum(suspects.own_probability) over whole / 2 as is_near,
            sum(suspects.probability) over (partition by suspects.commit_rank) as pointing
        from suspects
        inner join broken on suspects.signal_id = broken.signal_id
        where not broken.is_older
        window
            whole as (partition by suspects.signal_id),
            half_a_spread as (
                partition by suspects.signal_id
                order by
                    suspects.commit_rank
                    range between {{ spread // 2 }} preceding and {{ spread // 2 }} following
            ),
            a_spread as (
                partition by suspects.signal_id
                order by suspects.commit_rank range between {{ spread }} preceding and {{ spread }} following
            )
    ),

    -- of the likely suspects near it a signal takes the one that most signals point at; of equals, the newest
    first_choices as (
        select
            signal_id, argMax(commit_rank, tuple(round(pointing, 6), - toInt64(commit_rank))) as shared_rank
        from pointed_at
        where is_near
        group by signal_id
    ),

    shared_ranks as (select shared_rank, count() as signals from first_choices group by shared_rank),

    -- then the one that most signals took, so that neighbours with the same culprit become one incident
    choices as (
        select
            pointed_at.signal_id as signal_id,
            argMaxIf(
                pointed_at.commit_rank,
                tuple(shared_ranks.signals, - toInt64(pointed_at.commit_rank)),
                is_near
            ) as most_shared_rank,
            argMax(
                pointed_at.commit_rank,
                tuple(round(pointed_at.probability, 6), - toInt64(pointed_at.commit_rank))
            ) as own_rank,
            if(
                most_shared_rank = 0,
                maxIf(pointed_at.commit_rank, is_likely),
                maxIf(pointed_at.commit_rank, is_near and shared_ranks.signals > 0)
            ) as oldest_suspect
        from pointed_at
        left join shared_ranks on pointed_at.commit_rank = shared_ranks.shared_rank
        group by pointed_at.signal_id
    ),

    -- A signal whose suspects are too far apart is an incident of its own. Rank 0: broken since before the
    -- window.
    placed as (
        select
            broken.signal_id as signal_id,
            broken.fixed_rank as fixed_rank,
            if(choices.most_shared_rank = 0, choices.own_rank, choices.most_shared_rank) as shared_rank,
            if(choices.most_shared_rank = 0 and not broken.is_older, broken.signal_id, '') as alone,
            choices.oldest_suspect as oldest_suspect
        from broken
        left join choices on broken.signal_id = choices.signal_id
    ),

    -- the first failure that was seen of each break, not that of an earlier flake
    dated as (
        select
            placed.signal_id as signal_id,
            any(placed.shared_rank) as shared_rank,
            any(placed.alone) as alone,
            min(
                tuple(
                    failures.commit_rank <= placed.fixed_rank
                    or (placed.oldest_suspect > 0 and failures.commit_rank > placed.oldest_suspect),
                    failures.started_at,
                    failures.signal_id,
                    failures.head_sha
                )
            ) as first_failure
        from placed
        inner join failures on placed.signal_id = failures.signal_id
        group by placed.signal_id
    ),

    -- it names the incident, so that the id stays while signals and suspects come and go
    named as (select *, min(first_failure) over (partition by shared_rank, alone) as first_of_all from dated)

select
    signal_id,
    substring(
        lower(hex(sipHash128(tupleElement(first_of_all, 3), tupleElement(first_of_all, 4)))), 1, 12
    ) as incident_id,
    shared_rank,
    tupleElement(first_failure, 2) as first_failed_at
from named
