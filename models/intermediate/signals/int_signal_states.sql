-- one row per signal: its state, and how long it has been without a verdict
with
    counts as (select * from {{ ref("int_signal_counts") }}),

    commits as (select commit_rank, committed_at from {{ ref("int_push_dedup") }}),

    bounds as (select as_of from {{ ref("int_window") }}),

    aged as (
        select
            counts.*,
            toUInt64(counts.newest_verdict_rank - 1) as silent_commits,
            dateDiff(
                'minute', commits.committed_at, assumeNotNull((select as_of from bounds))
            ) as silent_minutes,
            counts.failing_commits + counts.flaky_commits as red_commits
        from counts
        inner join commits on counts.newest_verdict_rank = commits.commit_rank
    ),

    judged as (
        select
            *,
            -- nobody knows whether a signal still fails that newer commits say nothing about
            silent_commits > 0
            and (
                silent_commits >= {{ var("unseen_after_commits") | int }}
                or silent_minutes >= 60 * {{ var("unseen_after_hours") | int }}
            ) as is_silent,
            current_outcome = 'failing' and not is_silent as is_failing,
            current_outcome = 'failing' and is_silent as is_unseen,
            lone_failures >= {{ var("flaky_lone_failures") | int }}
            or (
                flaky_commits > 0
                and flaky_commits + lone_failures >= 2
                and flake_rate_low >= {{ var("flaky_rate_low") | float }}
            )
            or (current_outcome = 'flaky' and red_commits >= 2) as is_flaky,
            current_outcome != 'failing' and not is_flaky and red_commits = 1 as is_seen_once,
            current_outcome = 'passing' and not is_flaky and not is_seen_once as is_recovered
        from aged
    )

select
    signal_id,
    -- the state that needs action first; seed signal_states has them in words
    multiIf(
        is_failing, 'failing', is_unseen, 'unseen', is_flaky, 'flaky', is_seen_once, 'seen_once', 'recovered'
    ) as state,
    is_failing,
    is_unseen,
    is_flaky,
    is_seen_once,
    is_recovered,
    silent_commits,
    silent_minutes
from judged
