-- one row per signal: how probable it is that a commit broke it, and that it is broken now
-- a table: incidents, the terminal and the pages read it
{{ config(order_by="signal_id") }}

with
    change_points as (select * from {{ ref("int_signal_change_points") }}),

    suspects as (select * from {{ ref("int_signal_suspects") }}),

    own as (
        select
            signal_id,
            sumIf(probability, change = 'unchanged') as unchanged,
            sumIf(probability, change = 'broke_before') as broke_before,
            sumIf(probability * open_share, change = 'broke_before') as open_before
        from change_points
        group by signal_id
    ),

    in_window as (
        select
            signal_id,
            sum(suspects.probability) as broke,
            sum(suspects.probability * open_share) as open_in_window,
            argMax(tuple(fixed_rank, last_bad_rank), suspects.probability * (1 - open_share)) as likely_end
        from suspects
        group by signal_id
    ),

    -- the window's culprits have gained or lost by what other signals say, the other two have kept their
    -- ratio
    shared as (
        select
            own.signal_id as signal_id,
            in_window.broke as broke,
            in_window.open_in_window as open_in_window,
            in_window.likely_end as likely_end,
            (1 - broke) / greatest(own.unchanged + own.broke_before, 1e-9) as rest,
            own.unchanged * rest as unchanged,
            own.broke_before * rest as broke_before,
            own.open_before * rest as open_before
        from own
        left join in_window on own.signal_id = in_window.signal_id
    ),

    judged as (
        select
            signal_id,
            1 - unchanged as probability_broken,
            broke_before as probability_broken_before,
            open_in_window + open_before as probability_broken_now,
            multiIf(
                probability_broken < 0.5,
                'flaky',
                probability_broken_now >= probability_broken / 2,
                'broken',
                'fixed'
            ) as verdict,
            likely_end
        from shared
    )

select
    signal_id,
    verdict,
    round(judged.probability_broken, 6) as probability_broken,
    round(judged.probability_broken_before, 6) as probability_broken_before,
    round(judged.probability_broken_now, 6) as probability_broken_now,
    if(verdict = 'fixed', tupleElement(likely_end, 1), 0) as fixed_rank,
    if(verdict = 'fixed', tupleElement(likely_end, 2), 0) as last_bad_rank
from judged
