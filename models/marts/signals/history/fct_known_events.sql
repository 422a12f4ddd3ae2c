-- one row per event that is known: those of the window and, with the history, those of older commits
-- a table: spans, the trend, changes and pages read it, and a view takes each of them 0.15 s
{{ config(order_by="(signal_id, commit_rank, event_number)") }}

with
    commits as (select commit_rank, head_sha, committed_at from {{ ref("dim_commits") }}),

    window_events as (
        select
            events.signal_id as signal_id,
            events.commit_rank as commit_rank,
            events.head_sha as head_sha,
            commits.committed_at as committed_at,
            events.event_number as event_number,
            events.status as status,
            events.started_at as started_at
        from {{ ref("fct_signal_events") }} as events
        inner join commits on events.head_sha = commits.head_sha
    ),

    {% if var("keep_history") %}
        -- their ranks go on where those of the window end
        older_commits as (
            select
                head_sha,
                toUInt64(
                    assumeNotNull((select count() from commits))
                    + row_number() over (order by known.committed_at desc, known.commit_rank, head_sha)
                ) as commit_rank,
                known.committed_at as committed_at
            from {{ ref("int_known_commits") }} as known
            cross join {{ ref("rpt_known_span") }} as span
            where
                known.as_of < span.as_of
                and known.committed_at >= span.known_since
                and known.committed_at <= span.as_of
                and head_sha not in (select head_sha from commits)
        ),

        older_events as (
            select
                history.signal_id as signal_id,
                older_commits.commit_rank as commit_rank,
                history.head_sha as head_sha,
                older_commits.committed_at as committed_at,
                history.event_number as event_number,
                history.status as status,
                history.started_at as started_at
            from {{ ref("fct_signal_event_history") }} as history
            inner join older_commits on history.head_sha = older_commits.head_sha
        ),
    {% endif %}

    known_events as (
        select *
        from window_events
        {% if var("keep_history") %}
            union all
            select *
            from older_events
        {% endif %}
    )

select signal_id, commit_rank, head_sha, committed_at, event_number, status, started_at
from known_events
