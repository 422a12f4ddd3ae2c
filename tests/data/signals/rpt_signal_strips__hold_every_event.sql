-- a signal whose strip has more or fewer letters than the signal has events
with
    strips as (select * from {{ ref("rpt_signal_strips") }}),

    signals as (select * from {{ ref("dim_signals") }})

select signals.signal_id as signal_id, signals.events as events, strips.strip as strip
from signals
left join strips on signals.signal_id = strips.signal_id
where length(replaceAll(strips.strip, ' ', '')) != signals.events
