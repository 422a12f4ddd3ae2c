-- one row per failing event of a signal: failures.parquet and failures.csv
{{ config(materialized="view") }}

with
    texts as (select * from {{ ref("fct_failure_texts") }}),

    signals as (select signal_id, workflow_name, job_base_name, signal_key from {{ ref("dim_signals") }})

select
    texts.signal_id as signal_id,
    texts.source as source,
    toValidUTF8(signals.workflow_name) as workflow_name,
    toValidUTF8(signals.job_base_name) as job_base_name,
    toValidUTF8(signals.signal_key) as signal_key,
    texts.commit_rank as commit_rank,
    texts.head_sha as head_sha,
    texts.event_number as event_number,
    texts.wf_run_id as wf_run_id,
    texts.run_attempt as run_attempt,
    texts.job_id as job_id,
    texts.failure_kind as failure_kind,
    texts.rule as rule,
    texts.error_type as error_type,
    texts.message as message,
    texts.line as line,
    texts.line_number as line_number,
    texts.captures as captures,
    texts.context as context
from texts
inner join signals on texts.signal_id = signals.signal_id
