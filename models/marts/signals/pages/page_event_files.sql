-- one row per first two digits of a signal's id: the events and day counts of those signals, as JSON
-- For 1,500 signals that makes 256 files of six signals; a signal's page loads one of them.
{{ config(materialized="view") }}

with
    -- what failures say, short enough for a page; equal texts of a signal stand in its list once
    event_texts as (
        select
            signal_id,
            commit_rank,
            event_number,
            tuple(
                failure_kind,
                substringUTF8(ifNull(message, ''), 1, 600),
                substringUTF8(ifNull(context, ''), 1, 1000)
            ) as event_text
        from {{ ref("fct_failure_texts") }}
    ),

    signal_texts as (
        select signal_id, arraySort(groupUniqArray(event_text)) as texts from event_texts group by signal_id
    ),

    text_numbers as (
        select
            event_texts.signal_id as signal_id,
            event_texts.commit_rank as commit_rank,
            event_texts.event_number as event_number,
            indexOf(signal_texts.texts, event_texts.event_text) as text_number
        from event_texts
        inner join signal_texts on event_texts.signal_id = signal_texts.signal_id
    ),

    -- what tells a job from its siblings: `linux / test (default, 1, 5, gpu)` is shard 1 of 5, default, gpu
    jobs as (
        select
            job_id,
            replaceRegexpOne(
                extract(toValidUTF8(job_name), '\\(([^()]*)\\)$'),
                '^([^,]+), (\\d+), (\\d+)(, .*)?$',
                'shard \\2 of \\3, \\1\\4'
            ) as shard,
            if(completed_at > started_at, dateDiff('second', started_at, completed_at), null) as duration_s
        from {{ ref("int_window_jobs") }}
    ),

    events as (
        select
            events.signal_id as signal_id,
            events.commit_rank as commit_rank,
            events.event_number as event_number,
            events.status as status,
            events.started_at as started_at,
            events.wf_run_id as wf_run_id,
            events.run_attempt as run_attempt,
            events.job_id as job_id,
            jobs.shard as shard,
            -- of an event that waits it would be that of a job beside it
            if(events.status = 'pending', null, jobs.duration_s) as duration_s,
            arraySort(groupUniqArray(jobs.shard) over (partition by events.signal_id)) as shards
        from {{ ref("fct_signal_events") }} as events
        left join jobs on events.job_id = jobs.job_id
    ),

    -- an event is [commit_rank, letter, start, run, attempt, job, number of its text, number of its shard,
    -- seconds that the job took]; numbers start at 1
    signal_events as (
        select
            signal_id,
            any(shards) as signal_shards,
            groupArray(
                tuple(
                    commit_rank,
                    substring(status, 1, 1),
                    toUnixTimestamp(started_at),
                    wf_run_id,
                    run_attempt,
                    job_id,
                    text_number,
                    indexOf(shards, shard),
                    duration_s
                )
            ) as ordered_events
        from
            (
                select *
                from events
                left join text_numbers using (signal_id, commit_rank, event_number)
                order by signal_id, commit_rank, event_number
            )
        group by signal_id
    ),

    signal_days as (
        select
            signal_id,
            groupArray(
                tuple(days, is_covered, verdict_commits, failing_commits, flaky_commits, failures, successes)
            ) as ordered_days
        from (select * from {{ ref("rpt_signal_days") }} order by signal_id, days)
        group by signal_id
    )

select
    substring(signal_events.signal_id, 1, 2) as file,
    toJSONString(
        groupArray(
            tuple(
                signal_events.signal_id,
                ordered_events,
                ordered_days,
                signal_texts.texts,
                signal_events.signal_shards
            )
        )
    ) as content
from signal_events
inner join signal_days on signal_events.signal_id = signal_days.signal_id
left join signal_texts on signal_events.signal_id = signal_texts.signal_id
group by file
