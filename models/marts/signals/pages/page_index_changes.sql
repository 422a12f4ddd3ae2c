-- one row per (change, incident) of the last 24 hours, for the index: how many signals, and the first of them
{{ config(materialized="view") }}

with
    -- a day: what changed since yesterday
    changes as (select * from {{ ref("rpt_signal_changes") }} where minutes_ago <= 1440),

    incidents as (select incident_id, suspect_sha, suspect_probability from {{ ref("rpt_incidents") }}),

    commits as (select head_sha, title from {{ ref("dim_commits") }}),

    grouped as (
        select
            change,
            incident_id,
            min(change_number) as change_order,
            count() as signals,
            max(changes.changed_at) as changed_at,
            -- where all of them changed on one commit
            if(uniqExact(changes.head_sha) = 1, any(changes.head_sha), '') as head_sha,
            arrayMap(
                numbered -> tuple(tupleElement(numbered, 2), tupleElement(numbered, 3)),
                arraySort(groupArray(3)(tuple(change_number, signal_id, key)))
            ) as first_signals
        from (select * from changes order by change_number) as changes
        group by change, incident_id
    )

select
    row_number() over (order by change_order) as change_number,
    grouped.change as change,
    grouped.incident_id as incident_id,
    grouped.signals as signals,
    grouped.changed_at as changed_at,
    grouped.head_sha as head_sha,
    incidents.suspect_sha as suspect_sha,
    incidents.suspect_probability as suspect_probability,
    commits.title as suspect_title,
    grouped.first_signals as first_signals
from grouped
left join incidents on grouped.incident_id = incidents.incident_id
left join commits on incidents.suspect_sha = commits.head_sha
