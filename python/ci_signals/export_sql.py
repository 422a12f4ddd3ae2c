"""What the exported files hold. The tables are finished: this picks columns and the type of times.

Settings stand in the queries: given beside them, the embedded engine would not stream.
"""

from __future__ import annotations

from collections.abc import Mapping

SIGNAL_LINES = """
select key, workflow_name, job_base_name, source, commits
from {table}
order by signal_number
settings
    output_format_json_escape_forward_slashes = 0,
    output_format_json_quote_64bit_integers = 0,
    output_format_json_validate_utf8 = 1,
    max_block_size = 64
"""

# The same objects, with an id to join the events on and times as times. Readers refuse a
# file with text that is not UTF-8, and the event's name is the one text inside that can be.
NESTED_SIGNALS = """
select
    signal_id,
    toValidUTF8(key) as key,
    toValidUTF8(workflow_name) as workflow_name,
    toValidUTF8(job_base_name) as job_base_name,
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
            commits
        ),
        'Array(Tuple(head_sha String, timestamp DateTime64(3, \\'UTC\\'), events Array(Tuple(
            name String, status String,
            started_at DateTime64(3, \\'UTC\\'), ended_at Nullable(DateTime64(3, \\'UTC\\')),
            wf_run_id Int64, run_attempt Int64, job_id Int64
        ))))'
    ) as commits
from {table}
order by signal_number
settings max_block_size = 64, output_format_parquet_row_group_size = 256
"""


def _as_text(time: str) -> str:
    return f"formatDateTime({time}, '%Y-%m-%dT%H:%i:%S')"


EVENT_COLUMNS = {
    "signal_id": "signal_id",
    "source": "source",
    "workflow_name": "toValidUTF8(workflow_name)",
    "job_base_name": "toValidUTF8(job_base_name)",
    "signal_key": "toValidUTF8(signal_key)",
    "commit_rank": "commit_rank",
    "head_sha": "head_sha",
    "event_number": "event_number",
    "status": "status",
    "started_at": _as_text("started_at"),
    "wf_run_id": "wf_run_id",
    "run_attempt": "run_attempt",
    "job_id": "job_id",
    "event_name": "toValidUTF8(event_name)",
}

# A signal that never failed on a whole commit has no break: those cells are empty.
SIGNAL_COLUMNS = {
    "signal_id": "signal_id",
    "source": "source",
    "workflow_name": "toValidUTF8(workflow_name)",
    "job_base_name": "toValidUTF8(job_base_name)",
    "signal_key": "toValidUTF8(signal_key)",
    "state": "state",
    "is_failing": "is_failing",
    "is_flaky": "is_flaky",
    "is_recovered": "is_recovered",
    "is_pending": "is_pending",
    "current_outcome": "current_outcome",
    "streak_commits": "streak_commits",
    "first_failing_sha": "nullIf(first_failing_sha, '')",
    "broke_at": f"if(first_failing_rank = 0, null, {_as_text('broke_at')})",
    "last_good_sha": "nullIf(last_good_sha, '')",
    "candidate_commits": "candidate_commits",
    "fixed_sha": "nullIf(fixed_sha, '')",
    "broken_minutes": "broken_minutes",
    "failing_commits": "failing_commits",
    "flaky_commits": "flaky_commits",
    "passing_commits": "passing_commits",
    "verdict_commits": "verdict_commits",
    "lone_failures": "lone_failures",
    "flake_rate": "flake_rate",
    "flake_rate_low": "flake_rate_low",
    "flake_rate_high": "flake_rate_high",
    "failures": "failures",
    "successes": "successes",
    "pendings": "pendings",
}


def _select(columns: Mapping[str, str], order: str, settings: str) -> str:
    listed = ",\n    ".join(f"{expression} as {name}" for name, expression in columns.items())
    return f"select\n    {listed}\nfrom {{table}}\norder by {order}\nsettings {settings}"


_TABLE_ORDER = "signal_id, commit_rank, event_number"
_CSV = "format_csv_null_representation = '', prefer_column_name_to_alias = 1"
# The order of the table itself: the engine reads on without sorting.
EVENTS_CSV = _select(EVENT_COLUMNS, _TABLE_ORDER, _CSV)
EVENTS_PARQUET = _select(
    EVENT_COLUMNS | {"started_at": "toDateTime64(started_at, 3, 'UTC')"},
    _TABLE_ORDER,
    "prefer_column_name_to_alias = 1, output_format_parquet_row_group_size = 100000",
)
SIGNALS_CSV = _select(SIGNAL_COLUMNS, "signal_number", _CSV)
