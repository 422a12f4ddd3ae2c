-- one row per signal: its commits by outcome, its current streak and its flake rate
with
    signal_commits as (select * from {{ ref("int_signal_commits") }}),

    streaks as (
        select *, max(streak_number) over (partition by signal_id) as last_streak
        from {{ ref("int_signal_streaks") }}
    ),

    commit_counts as (
        select
            signal_id,
            countIf(outcome != 'pending') as verdict_commits,
            countIf(outcome = 'failing') as failing_commits,
            countIf(outcome = 'flaky') as flaky_commits,
            countIf(outcome = 'passing') as passing_commits,
            minIf(commit_rank, outcome = 'pending') as newest_pending_rank,
            minIf(commit_rank, outcome != 'pending') as newest_verdict_rank
        from signal_commits
        group by signal_id
    ),

    streak_counts as (
        select
            signal_id,
            argMin(streak_outcome, streak_number) as current_outcome,
            argMin(commits, streak_number) as streak_commits,
            argMin(oldest_rank, streak_number) as streak_since_rank,
            -- a failing commit between two that did not fail; one can be a quick fix, several mean flaky
            countIf(
                streak_outcome = 'failing'
                and commits = 1
                and streak_number > 1
                and streak_number < last_streak
            ) as lone_failures
        from streaks
        group by signal_id
    )

select
    commit_counts.signal_id as signal_id,
    streak_counts.current_outcome as current_outcome,
    streak_counts.streak_commits as streak_commits,
    streak_counts.streak_since_rank as streak_since_rank,
    commit_counts.newest_verdict_rank as newest_verdict_rank,
    commit_counts.verdict_commits as verdict_commits,
    commit_counts.failing_commits as failing_commits,
    commit_counts.flaky_commits as flaky_commits,
    commit_counts.passing_commits as passing_commits,
    streak_counts.lone_failures as lone_failures,
    commit_counts.newest_pending_rank > 0
    and commit_counts.newest_pending_rank < commit_counts.newest_verdict_rank as is_pending,
    commit_counts.flaky_commits / commit_counts.verdict_commits as flake_rate,
    {{ wilson_bound("commit_counts.flaky_commits", "commit_counts.verdict_commits", "low") }}
    as flake_rate_low,
    {{ wilson_bound("commit_counts.flaky_commits", "commit_counts.verdict_commits", "high") }}
    as flake_rate_high
from commit_counts
inner join streak_counts on commit_counts.signal_id = streak_counts.signal_id
