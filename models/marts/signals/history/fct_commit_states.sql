-- one row per (scope, commit, window that held it): the commit and its events as that window saw them
-- A build only adds rows, in one part, so a build that dies leaves the table as it was. The engine keeps the
-- row with the latest as_of of each commit when it merges parts; int_known_commits reads with FINAL.
{{
    config(
        enabled=var("keep_history"),
        materialized="incremental",
        incremental_strategy="append",
        unique_key=["repository", "branch_ref", "workflows", "job_name_style", "head_sha"],
        on_schema_change="append_new_columns",
        full_refresh=false,
        engine="ReplacingMergeTree(as_of)",
        order_by="(repository, branch_ref, workflows, job_name_style, head_sha)",
        query_settings={
            "final": 1,
            "min_insert_block_size_rows": 1000000000,
            "min_insert_block_size_bytes": 0,
            "max_insert_threads": 1,
        },
    )
}}

with
    bounds as (
        select
            as_of,
            starts_at,
            lookback_hours,
            repository,
            branch_ref,
            arraySort(arrayDistinct(workflows)) as workflows,
            {{ sql_string(var("job_name_style")) }} as job_name_style
        from {{ ref("int_window") }}
    ),

    commits as (
        select head_sha, committed_at, pushed_at, commit_rank, message, author, false as is_gone
        from {{ ref("dim_commits") }}
    ),

    events as (
        select
            head_sha,
            arraySort(
                groupArray(
                    tuple(
                        source,
                        workflow_name,
                        job_base_name,
                        signal_key,
                        event_number,
                        status,
                        started_at,
                        wf_run_id,
                        run_attempt,
                        job_id
                    )
                )
            ) as events
        from {{ ref("fct_signal_events") }}
        group by head_sha
    ),

    {% if is_incremental() %}
        -- an earlier window held the commit, this window covers it and no longer finds it
        gone_commits as (
            select
                known.head_sha as head_sha,
                known.committed_at as committed_at,
                known.pushed_at as pushed_at,
                toUInt64(0) as commit_rank,
                '' as message,
                '' as author,
                true as is_gone
            from {{ this }} as known
            inner join
                bounds
                on known.repository = bounds.repository
                and known.branch_ref = bounds.branch_ref
                and known.workflows = bounds.workflows
                and known.job_name_style = bounds.job_name_style
            where
                not known.is_gone
                and known.pushed_at >= bounds.starts_at
                and known.pushed_at <= bounds.as_of
                and known.as_of <= bounds.as_of
                and known.head_sha not in (select head_sha from commits)
        ),
    {% endif %}

    window_commits as (
        select *
        from commits
        {% if is_incremental() %}
            union all
            select *
            from gone_commits
        {% endif %}
    )

select
    bounds.repository as repository,
    bounds.branch_ref as branch_ref,
    bounds.workflows as workflows,
    bounds.job_name_style as job_name_style,
    window_commits.head_sha as head_sha,
    bounds.as_of as as_of,
    bounds.lookback_hours as lookback_hours,
    window_commits.pushed_at as pushed_at,
    window_commits.committed_at as committed_at,
    window_commits.commit_rank as commit_rank,
    window_commits.message as message,
    window_commits.author as author,
    window_commits.is_gone as is_gone,
    cast(
        events.events,
        'Array(Tuple(String, String, String, String, UInt64, String, DateTime64(9, \'UTC\'), Int64, Int64, Int64))'
    ) as events
from window_commits
cross join bounds
left join events on window_commits.head_sha = events.head_sha
