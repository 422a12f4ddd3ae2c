"""The index's incidents: a card each, and a strip of what signals say on every commit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ci_signals.reader import Reader

# Cards that the page shows; the file has all of them.
MOST_CARDS = 20


@dataclass(frozen=True)
class Incident:
    """Signals that broke together: a row of export_incidents.

    Times are ISO 8601 in UTC. workflows, suspects, signals and next_runs are lists of dictionaries,
    as in incidents.jsonl. fixed_sha: None while it is red. revert_sha: None without a revert.
    """

    incident_id: str
    status: str
    is_older: bool
    broke_at: str
    broken_minutes: int
    fixed_sha: str | None
    revert_sha: str | None
    signal_count: int
    red_signals: int
    workflows: list[dict[str, Any]]
    suspects: list[dict[str, Any]]
    signals: list[dict[str, Any]]
    next_runs: list[dict[str, Any]]

    @property
    def lasted(self) -> str:
        hours, minutes = divmod(self.broken_minutes, 60)
        return f"{hours} h {minutes:02} min"


@dataclass(frozen=True)
class CommitBar:
    """A commit of the strip: how many signals failed, flaked, wait and passed on it. most: the
    largest sum of a commit. incident_ids: incidents whose first suspect it is."""

    commit_rank: int
    head_sha: str
    title: str
    failing: int
    flaky: int
    pending: int
    passing: int
    most: int
    incident_ids: list[str]

    def parts(self) -> Iterator[tuple[str, float, float]]:
        """(outcome, top, height) of each part, failures at the bottom; the strip is 1 high."""
        top = 1.0
        for outcome in ("failing", "flaky", "pending", "passing"):
            if count := getattr(self, outcome):
                top -= count / self.most
                yield outcome, top, count / self.most


@dataclass(frozen=True)
class Incidents:
    """What the index shows of incidents: red and fixed cards, and the strip, newest commit first."""

    red: list[Incident]
    fixed: list[Incident]
    red_count: int
    fixed_count: int
    bars: list[CommitBar]


def read_incidents(reader: Reader) -> Incidents | None:
    """The incidents of the last build; None when their models were not built."""
    if not (reader.has("export_incidents") and reader.has("page_commit_bars")):
        return None
    incidents = reader.records(Incident, "export_incidents", "incident_number")
    red = [incident for incident in incidents if incident.status == "red"]
    fixed = [incident for incident in incidents if incident.status == "fixed"]
    return Incidents(
        red[:MOST_CARDS],
        fixed[:MOST_CARDS],
        len(red),
        len(fixed),
        reader.records(CommitBar, "page_commit_bars", "commit_rank"),
    )
