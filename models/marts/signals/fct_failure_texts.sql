-- one row per failing event of a signal: what the failing test or job said
{{ config(order_by="(signal_id, commit_rank, event_number)") }}

with
    events as (select * from {{ ref("int_signal_events") }} where status = 'failure'),

    -- of several runs of a test in a job one that says something, the same one in any order of rows
    said as (
        select job_id, test_id, min(tuple(message = '', message, error_type, context)) as texts
        from {{ ref("int_failing_runs") }}
        group by job_id, test_id
    ),

    test_texts as (
        select
            job_id,
            test_id,
            tupleElement(said.texts, 2) as message,
            tupleElement(said.texts, 3) as error_type,
            -- without a message the text is the message
            if(tupleElement(said.texts, 4) = message, '', tupleElement(said.texts, 4)) as context
        from said
    ),

    job_texts as (select * from {{ ref("int_job_failure_texts") }}),

    texts as (
        select
            events.*,
            events.job_id as text_job_id,
            '' as rule,
            error_type,
            message,
            '' as line,
            toInt64(0) as line_number,
            emptyArrayString() as captures,
            context
        from events
        left join test_texts on events.job_id = test_texts.job_id and events.signal_key = test_texts.test_id
        where events.source = 'test'
        union all
        select
            events.*,
            job_texts.job_id as text_job_id,
            rule,
            '' as error_type,
            if(empty(captures), line, arrayStringConcat(captures, '\n')) as message,
            line,
            line_number,
            captures,
            context
        from events
        left join job_texts on events.attempt_id = job_texts.attempt_id
        where events.source = 'job'
    ),

    kinds as (
        select *, {{ failure_kind("first_said") }} as kind
        from (select *, if(line = '', message, line) as first_said from texts)
    )

select
    kinds.signal_id as signal_id,
    kinds.source as source,
    kinds.commit_rank as commit_rank,
    kinds.head_sha as head_sha,
    kinds.event_number as event_number,
    kinds.attempt_id as attempt_id,
    kinds.run_id as wf_run_id,
    kinds.run_attempt as run_attempt,
    kinds.text_job_id as job_id,
    nullIf(toValidUTF8(kinds.rule), '') as rule,
    nullIf(kinds.error_type, '') as error_type,
    nullIf(kinds.message, '') as message,
    nullIf(kinds.line, '') as line,
    nullIf(kinds.line_number, 0) as line_number,
    kinds.captures as captures,
    nullIf(kinds.context, '') as context,
    if(kinds.kind = '', 'no text recorded', kinds.kind) as failure_kind
from kinds
