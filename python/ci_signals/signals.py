"""Signals as Python objects, read from the finished tables.

A Signal is the history of one test or one job over the commits of a window. The model
export_nested_signals has all signals in order; this module only gives its rows types.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ci_signals.errors import UserError
from ci_signals.reader import Reader, open_reader, select
from ci_signals.settings import Settings
from ci_signals.window import check_finished


class SignalStatus(StrEnum):
    """What one attempt says about a test or a job."""

    FAILURE = "failure"
    SUCCESS = "success"
    PENDING = "pending"


class SignalSource(StrEnum):
    """The track of a signal: one test, or a whole job for failures that no test explains."""

    TEST = "test"
    JOB = "job"


class SignalEvent(NamedTuple):
    """One event of a (signal, commit) cell; a row of fct_signal_events.

    name: `wf=... kind=... id=... run=... attempt=...`, for logs. started_at: UTC without a zone,
    in whole seconds. ended_at: always None. wf_run_id, run_attempt, job_id: as on GitHub.
    """

    name: str
    status: SignalStatus
    started_at: datetime
    ended_at: datetime | None
    wf_run_id: int
    run_attempt: int
    job_id: int


class SignalCommit(NamedTuple):
    """One commit of the window as a signal sees it; a row of dim_commits.

    head_sha: 40 hex digits. timestamp: UTC without a zone, in whole seconds. events: in order of
    (started_at, run, attempt, status); empty when the signal has no event on the commit.
    """

    head_sha: str
    timestamp: datetime
    events: tuple[SignalEvent, ...]


class Signal(NamedTuple):
    """The history of one test or job; a row of dim_signals.

    key: `file::name` for a test, the base name for a job. job_base_name: the job's name
    without its shard. commits: every commit of the window, newest first.
    """

    key: str
    workflow_name: str
    job_base_name: str
    source: SignalSource
    commits: tuple[SignalCommit, ...]


def extract(settings: Settings) -> list[Signal]:
    """Every signal of the last build, in order of (source, workflow, base name, key).

    Raises UserError when the signals were never built, not all tables are of one build, or the
    tables cannot be read.
    """
    with open_reader(settings) as reader:
        check_finished(reader)
        return read_signals(reader)


def read_signals(reader: Reader) -> list[Signal]:
    """Every signal of the last build, in the order of `extract`. Raises UserError before the first build."""
    if not reader.has("export_nested_signals"):
        raise UserError("there are no signals yet: run signals build")
    statuses = {status.value: status for status in SignalStatus}
    rows = reader.client.query(
        select(
            "key, workflow_name, job_base_name, source, commits", "export_nested_signals", "signal_number"
        ),
        query_formats={"Tuple": "tuple"},
    ).result_rows
    return [
        Signal(
            key,
            workflow,
            base,
            SignalSource(source),
            tuple(
                SignalCommit(
                    sha,
                    timestamp,
                    tuple(SignalEvent(name, statuses[status], *rest) for name, status, *rest in events),
                )
                for sha, timestamp, events in commits
            ),
        )
        for key, workflow, base, source, commits in rows
    ]
