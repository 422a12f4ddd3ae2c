-- one row per workflow that has a signal
{{ config(materialized="view") }}

with signals as (select * from {{ ref("rpt_signal_overview") }})

select
    workflow_name,
    count() as signals,
    countIf(is_failing) as failing_signals,
    countIf(is_unseen) as unseen_signals,
    countIf(is_flaky) as flaky_signals,
    countIf(is_seen_once) as seen_once_signals,
    countIf(is_recovered) as recovered_signals,
    countIf(is_pending) as pending_signals
from signals
group by workflow_name
