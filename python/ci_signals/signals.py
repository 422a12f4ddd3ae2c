"""Signals as Python objects, read from the finished tables.

A Signal is the history of one test or one job over the commits of a window. Nothing is
decided here: the tables (fct_signal_events, dim_signals, dim_commits) are already in
order, and this module only gives their rows types.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from ci_signals.errors import UserError
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, has_table, open_client, qualified


class SignalStatus(StrEnum):
    """What one attempt says about a test or a job."""

    FAILURE = "failure"
    SUCCESS = "success"
    PENDING = "pending"


class SignalSource(StrEnum):
    """The track a signal comes from: per test, or per job for failures that no test explains."""

    TEST = "test"
    JOB = "job"


class SignalEvent(NamedTuple):
    """One event of a (signal, commit) cell; from fct_signal_events.

    name: `wf=... kind=... id=... run=... attempt=...`, for logs. started_at: UTC, without
    a zone. ended_at: not known to the extraction. wf_run_id, run_attempt, job_id: GitHub's.
    """

    name: str
    status: SignalStatus
    started_at: datetime
    ended_at: datetime | None
    wf_run_id: int
    run_attempt: int
    job_id: int


class SignalCommit(NamedTuple):
    """One commit of the window as a signal sees it; from dim_commits.

    head_sha: 40 hex digits. timestamp: UTC, without a zone. events: oldest first, by
    (started_at, run, attempt, status); empty where nothing is known.
    """

    head_sha: str
    timestamp: datetime
    events: tuple[SignalEvent, ...]


class Signal(NamedTuple):
    """The history of one test or job; from dim_signals.

    key: `file::name` of a test, the base name of a job. job_base_name: the job's name
    without shards. commits: every commit of the window, newest first.
    """

    key: str
    workflow_name: str
    job_base_name: str
    source: SignalSource
    commits: tuple[SignalCommit, ...]


def extract(settings: Settings) -> list[Signal]:
    """Every signal of the last build, in order of (source, workflow, base name, key).

    Raises UserError when the signals track has not been built, or its tables cannot be read.
    """
    with open_client(settings) as client:
        return read_signals(client, settings.database)


def read_signals(client: Client, database: str) -> list[Signal]:
    """As `extract`, over a client that is open already."""
    if not has_table(client, database, "fct_signal_events"):
        raise UserError("there are no signals yet: run signals build")
    commits = _columns(
        client,
        f"select head_sha, committed_at from {qualified(database, 'dim_commits')} order by commit_rank",
    )
    blank = [SignalCommit(sha, timestamp, ()) for sha, timestamp in zip(*commits, strict=True)]
    signals = _columns(
        client,
        "select signal_key, workflow_name, job_base_name, source"
        f" from {qualified(database, 'dim_signals')} order by signal_number",
    )
    histories = _histories(client, database, blank)
    return [
        Signal(key, workflow, base, SignalSource(source), history)
        for (key, workflow, base, source), history in zip(zip(*signals, strict=True), histories, strict=True)
    ]


def _histories(
    client: Client, database: str, blank: list[SignalCommit]
) -> Iterator[tuple[SignalCommit, ...]]:
    """The commits of each signal, in the order of signal_number; blank ones are shared."""
    numbers, ranks, names, statuses, *rest = _columns(
        client,
        "select signal_number, commit_rank, event_name, status, started_at, wf_run_id, run_attempt, job_id"
        f" from {qualified(database, 'fct_signal_events')} as events"
        f" inner join (select signal_id, signal_number from {qualified(database, 'dim_signals')}) as signals"
        " on events.signal_id = signals.signal_id order by signal_number, commit_rank, event_number",
    )
    known = {status.value: status for status in SignalStatus}
    started, *ids = rest
    events = map(
        SignalEvent, names, (known[status] for status in statuses), started, [None] * len(names), *ids
    )
    placed = zip(numbers, ranks, events, strict=True)
    for _, of_signal in groupby(placed, key=itemgetter(0)):
        commits = blank.copy()
        for rank, of_commit in groupby(of_signal, key=itemgetter(1)):
            commit = blank[rank - 1]
            cell = tuple(event for _, _, event in of_commit)
            commits[rank - 1] = SignalCommit(commit.head_sha, commit.timestamp, cell)
        yield tuple(commits)


def _columns(client: Client, query: str) -> list[list[Any]]:
    result = client.query(query, column_oriented=True)
    return [list(column) for column in result.result_columns] or [[] for _ in result.column_names]
