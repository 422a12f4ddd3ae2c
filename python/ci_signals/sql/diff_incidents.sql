-- one row per incident that only one of the two builds has, or whose status, signals or first suspect differ
with
    sides as (
        select
            side,
            incident_id,
            tuple(
                status,
                signal_count,
                red_signals,
                if(empty(suspects), '', tupleElement(suspects[1], 'head_sha')),
                if(empty(suspects), 0, tupleElement(suspects[1], 'probability'))
            ) as incident
        from incidents
    )

select
    multiIf(
        uniqExact(side) = 2, 'incident_changed', any(side) = 1, 'incident_came', 'incident_went'
    ) as change,
    incident_id,
    cast(
        anyIf(incident, side = 0),
        'Tuple(status String, signals UInt64, red_signals UInt64, suspect_sha String, probability Float64)'
    ) as before,
    cast(
        anyIf(incident, side = 1),
        'Tuple(status String, signals UInt64, red_signals UInt64, suspect_sha String, probability Float64)'
    ) as after
from sides
group by incident_id
having uniqExact(side) = 1 or uniqExact(incident) > 1
order by incident_id
