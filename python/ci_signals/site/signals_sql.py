"""What the signals pages read. Numbers and orders are the report models'; this only picks columns."""

from __future__ import annotations

from ci_signals.warehouse import qualified

COMMITS = """
select
    head_sha as sha,
    toUnixTimestamp(committed_at) as at,
    toValidUTF8(splitByChar('\\n', message)[1]) as title,
    toValidUTF8(author) as author
from {dim_commits}
order by commit_rank
"""

SIGNALS = """
select
    overview.signal_id as id,
    source,
    toValidUTF8(workflow_name) as workflow,
    toValidUTF8(job_base_name) as base,
    toValidUTF8(signal_key) as key,
    state,
    is_failing,
    is_flaky,
    is_recovered,
    is_pending,
    current_outcome,
    streak_commits,
    streak_since_rank,
    newest_verdict_rank,
    first_failing_rank,
    last_good_rank,
    candidate_commits,
    fixed_rank,
    broken_minutes,
    failing_commits,
    flaky_commits,
    verdict_commits,
    lone_failures,
    round(flake_rate, 4) as flake_rate,
    flake_rate_low,
    flake_rate_high,
    failures,
    successes,
    pendings,
    recently_broken_order,
    longest_broken_order,
    flakiest_order,
    strip
from {rpt_signal_overview} as overview
inner join {rpt_signal_strips} as strips on overview.signal_id = strips.signal_id
order by group_order
"""

WORKFLOWS = """
select
    toValidUTF8(workflow_name) as name,
    signals,
    failing_signals as failing,
    flaky_signals as flaky,
    recovered_signals as recovered,
    pending_signals as pending
from {rpt_workflow_summary}
order by workflow_name
"""

WINDOW = """
select
    repository,
    branch_ref as branch,
    workflows,
    toUnixTimestamp(starts_at) as starts_at,
    toUnixTimestamp(as_of) as as_of,
    lookback_hours as hours,
    commits,
    signals,
    failing_signals as failing,
    flaky_signals as flaky,
    recovered_signals as recovered,
    pending_signals as pending
from {rpt_window_summary}
"""

# Why a commit gave no event, one letter a commit, newest first; of several attempts the last one says it.
GAPS = """
with
    reasons as (
        select signal_id, commit_rank, argMax(reason, tuple(wf_run_id, run_attempt)) as last_reason
        from {fct_signal_gaps}
        group by signal_id, commit_rank
    ),

    lettered as (
        select
            signal_id,
            commit_rank,
            transform(
                last_reason,
                ['not_run', 'cancelled', 'skipped', 'no_test_rows', 'only_skipped_rows'],
                ['n', 'c', 'k', 'r', 'o'],
                '.'
            ) as letter
        from reasons
    )

select signal_id, arrayStringConcat(groupArrayInsertAt('.')(letter, toUInt32(commit_rank - 1))) as letters
from lettered
group by signal_id
"""

# One file per first two digits of the id: 1,500 signals are 256 files of six, read when one is opened.
# An event is [commit_rank, letter, start, run, attempt, job]; a span of days is as in rpt_signal_days.
EVENT_FILES = """
with
    signal_events as (
        select
            signal_id,
            groupArray(
                tuple(
                    commit_rank,
                    substring(status, 1, 1),
                    toUnixTimestamp(started_at),
                    wf_run_id,
                    run_attempt,
                    job_id
                )
            ) as ordered_events
        from (select * from {fct_signal_events} order by signal_id, commit_rank, event_number)
        group by signal_id
    ),

    signal_days as (
        select
            signal_id,
            groupArray(
                tuple(days, is_covered, verdict_commits, failing_commits, flaky_commits, failures, successes)
            ) as ordered_days
        from (select * from {rpt_signal_days} order by signal_id, days)
        group by signal_id
    )

select
    substring(signal_events.signal_id, 1, 2) as file,
    toJSONString(groupArray(tuple(signal_events.signal_id, ordered_events, ordered_days))) as content
from signal_events
inner join signal_days on signal_events.signal_id = signal_days.signal_id
group by file
"""

# The lists of the site's index: a few rows each, in the orders of the report models.
_LINES = """
select
    signal_id,
    source,
    toValidUTF8(workflow_name) as workflow,
    toValidUTF8(job_base_name) as base,
    toValidUTF8(signal_key) as key,
    streak_commits,
    newest_verdict_rank - 1 as silent_commits,
    substring(first_failing_sha, 1, 9) as sha,
    toValidUTF8(splitByChar('\\n', commits.message)[1]) as title,
    toUnixTimestamp(broke_at) as broke_at,
    candidate_commits,
    flaky_commits,
    verdict_commits,
    lone_failures,
    flake_rate_low,
    flake_rate_high
from {{rpt_signal_overview}} as overview
left join {{dim_commits}} as commits on overview.first_failing_sha = commits.head_sha
where {where}
order by {order}
limit 10
"""
RED_NOW = _LINES.format(where="is_failing", order="recently_broken_order")
FLAKIEST = _LINES.format(where="is_flaky", order="flakiest_order")

BREAKING_COMMITS = """
select
    head_sha as sha,
    toUnixTimestamp(committed_at) as at,
    toValidUTF8(splitByChar('\\n', message)[1]) as title,
    toValidUTF8(author) as author,
    broken_signals as broken,
    failing_signals as failing,
    most_candidates as candidates
from {rpt_breaking_commits}
order by first_failing_rank
limit 8
"""

_TABLES = (
    "dim_commits",
    "fct_signal_events",
    "fct_signal_gaps",
    "rpt_signal_overview",
    "rpt_signal_strips",
    "rpt_signal_days",
    "rpt_breaking_commits",
    "rpt_workflow_summary",
    "rpt_window_summary",
)


def over(query: str, database: str) -> str:
    """The query, its tables named in `database`."""
    return query.format(**{table: qualified(database, table) for table in _TABLES})
