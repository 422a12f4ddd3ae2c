-- one row per kind of failure: how often it came, and which signals have it
{{ config(materialized="view") }}

with
    texts as (select * from {{ ref("fct_failure_texts") }}),

    signals as (
        select signal_id, signal_number, source, workflow_name, job_base_name, signal_key, state, is_failing
        from {{ ref("dim_signals") }}
    ),

    -- the signals that fail now are the examples that help
    joined as (
        select
            texts.*,
            signals.is_failing as is_failing,
            tuple(
                not signals.is_failing, texts.commit_rank, signals.signal_number, texts.event_number
            ) as example_order,
            signals.workflow_name as workflow_name,
            signals.job_base_name as job_base_name,
            signals.signal_key as signal_key
        from texts
        inner join signals on texts.signal_id = signals.signal_id
    ),

    kinds as (
        select
            failure_kind,
            count() as failures,
            uniqExact(signal_id) as signals,
            uniqExactIf(signal_id, is_failing) as failing_signals,
            uniqExact(commit_rank) as commits,
            min(commit_rank) as newest_rank,
            max(commit_rank) as oldest_rank,
            argMin(
                tuple(signal_id, source, workflow_name, job_base_name, signal_key, message), example_order
            ) as example
        from joined
        group by failure_kind
    )

select
    row_number() over (
        order by
            failing_signals desc, failure_kind = 'no text recorded', signals desc, failures desc, failure_kind
    ) as kind_number,
    failure_kind,
    failures,
    kinds.signals as signals,
    failing_signals,
    commits,
    newest_rank,
    oldest_rank,
    tupleElement(example, 1) as signal_id,
    tupleElement(example, 2) as source,
    toValidUTF8(tupleElement(example, 3)) as workflow,
    toValidUTF8(tupleElement(example, 4)) as base,
    toValidUTF8(tupleElement(example, 5)) as key,
    tupleElement(example, 6) as message
from kinds
