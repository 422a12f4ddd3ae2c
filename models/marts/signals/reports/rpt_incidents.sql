-- one row per incident: the signals that broke together, since when, the first suspect, red still or fixed
-- by which commit
-- a table: the terminal, the pages and incidents.jsonl read it
{{ config(order_by="incident_number") }}

with
    incident_signals as (
        select
            placed.incident_id as incident_id,
            placed.shared_rank as shared_rank,
            placed.first_failed_at as first_failed_at,
            verdicts.verdict as verdict,
            verdicts.fixed_rank as fixed_rank,
            verdicts.last_bad_rank as last_bad_rank,
            signals.workflow_name as workflow_name
        from {{ ref("fct_incident_signals") }} as placed
        inner join {{ ref("rpt_signal_verdicts") }} as verdicts on placed.signal_id = verdicts.signal_id
        inner join {{ ref("dim_signals") }} as signals on placed.signal_id = signals.signal_id
    ),

    incident_suspects as (select * from {{ ref("rpt_incident_suspects") }}),

    commits as (select commit_rank, head_sha, committed_at from {{ ref("dim_commits") }}),

    bounds as (select as_of, starts_at from {{ ref("int_window") }}),

    reverts as (select * from {{ ref("int_reverts") }}),

    grouped as (
        select
            incident_id,
            cast(min(shared_rank) = 0 as Bool) as is_older,
            count() as signals,
            countIf(verdict = 'broken') as red_signals,
            arraySort(groupUniqArray(workflow_name)) as workflows,
            min(incident_signals.first_failed_at) as first_failed_at,
            -- the fix came after the last failure of every signal, and was there when the first one passed
            min(incident_signals.last_bad_rank) as last_bad_rank,
            if(
                max(incident_signals.fixed_rank) < last_bad_rank,
                max(incident_signals.fixed_rank),
                min(incident_signals.fixed_rank)
            ) as first_good_rank
        from incident_signals
        group by incident_id
    ),

    suspected as (
        select
            incident_id,
            countIf(is_in_90) as suspects,
            argMin(
                tuple(commit_rank, head_sha, incident_suspects.probability), suspect_number
            ) as first_suspect
        from incident_suspects
        group by incident_id
    ),

    reverted as (
        select
            incident_suspects.incident_id as incident_id,
            argMin(tuple(reverts.revert_rank, reverts.revert_sha), suspect_number) as revert
        from incident_suspects
        inner join reverts on incident_suspects.commit_rank = reverts.reverted_rank
        where incident_suspects.is_in_90
        group by incident_suspects.incident_id
    ),

    settled as (
        select
            *,
            tupleElement(suspected.first_suspect, 1) as suspect_rank,
            tupleElement(suspected.first_suspect, 2) as suspect_sha,
            tupleElement(suspected.first_suspect, 3) as suspect_probability,
            tupleElement(reverted.revert, 1) as revert_rank,
            tupleElement(reverted.revert, 2) as revert_sha,
            -- the revert of a suspect is the fix if it lies between the last failure and the first pass
            multiIf(
                red_signals > 0,
                0,
                revert_rank >= first_good_rank and revert_rank < last_bad_rank,
                revert_rank,
                first_good_rank
            ) as fixed_rank
        from grouped
        left join suspected using (incident_id)
        left join reverted using (incident_id)
    ),

    dated as (
        select
            settled.*,
            if(is_older, assumeNotNull((select starts_at from bounds)), broke.committed_at) as broke_at,
            fixed.head_sha as fixed_sha,
            fixed.committed_at as fixed_at,
            dateDiff(
                'minute',
                broke_at,
                if(red_signals > 0, assumeNotNull((select as_of from bounds)), fixed.committed_at)
            ) as broken_minutes
        from settled
        left join commits as broke on settled.suspect_rank = broke.commit_rank
        left join commits as fixed on settled.fixed_rank = fixed.commit_rank
    )

select
    row_number() over (order by red_signals = 0, is_older, suspect_rank, incident_id) as incident_number,
    incident_id,
    if(red_signals > 0, 'red', 'fixed') as status,
    is_older,
    signals,
    red_signals,
    workflows,
    suspects,
    suspect_rank,
    suspect_sha,
    suspect_probability,
    broke_at,
    first_failed_at,
    revert_sha,
    fixed_rank,
    fixed_sha,
    fixed_at,
    broken_minutes
from dated
