-- a signal that the reports lose or repeat
with
    signals as (select signal_id from {{ ref("dim_signals") }}),

    reported as (select signal_id from {{ ref("rpt_signal_overview") }}),

    counted as (
        select signal_id, sum(in_signals) as times_known, sum(in_report) as times_reported
        from
            (
                select signal_id, 1 as in_signals, 0 as in_report
                from signals
                union all
                select signal_id, 0 as in_signals, 1 as in_report
                from reported
            )
        group by signal_id
    )

select signal_id, times_known, times_reported
from counted
where times_known != 1 or times_reported != 1
