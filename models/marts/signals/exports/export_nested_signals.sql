-- one row per signal: signals.parquet, the objects of signals.jsonl with signal_id and typed times
{{ config(materialized="view") }}

with signals as (select * from {{ ref("fct_signals_nested") }})

-- readers refuse text that is not UTF-8; in an event only the name can have it
select
    signal_number,
    signal_id,
    toValidUTF8(signals.key) as key,
    toValidUTF8(signals.workflow_name) as workflow_name,
    toValidUTF8(signals.job_base_name) as job_base_name,
    source,
    cast(
        arrayMap(
            commit -> tuple(
                tupleElement(commit, 'head_sha'),
                tupleElement(commit, 'timestamp'),
                arrayMap(
                    event -> tuple(
                        toValidUTF8(tupleElement(event, 'name')),
                        tupleElement(event, 'status'),
                        tupleElement(event, 'started_at'),
                        tupleElement(event, 'ended_at'),
                        tupleElement(event, 'wf_run_id'),
                        tupleElement(event, 'run_attempt'),
                        tupleElement(event, 'job_id')
                    ),
                    tupleElement(commit, 'events')
                )
            ),
            signals.commits
        ),
        {{ signal_commits_type("DateTime64(3, 'UTC')") }}
    ) as commits
from signals
