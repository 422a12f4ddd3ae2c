"""The signals pages: the grid of commits and signals, the page of one signal and that of one commit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ci_signals.console import Console
from ci_signals.reader import Reader
from ci_signals.site.data_files import write_data, write_file
from ci_signals.site.environment import render_page
from ci_signals.site.incidents import Incidents, read_incidents
from ci_signals.window import Window, read_window

URL = "signals/index.html"


def signal_url(signal_id: str) -> str:
    """The page of a signal, relative to the index."""
    return f"signals/signal.html#{signal_id}"


def commit_url(sha: str) -> str:
    """The page of a commit of the window, relative to the index."""
    return f"signals/commit.html#{sha}"


@dataclass(frozen=True)
class SignalLine:
    """A signal in a list of the index: a row of page_index_signals.

    streak_commits: commits in a row with the outcome of the newest verdict. silent_commits: newer
    commits without a verdict; silent_minutes: since the newest commit with one. sha, title,
    broke_at: the commit where its latest break was first seen (None when no commit failed outright).
    candidate_commits: how many commits can be the cause, None when unknown.
    flake_rate_low and _high: 95% interval of flaky_commits /
    verdict_commits, 0 to 1.
    """

    signal_id: str
    source: str
    workflow: str
    base: str
    key: str
    streak_commits: int
    silent_commits: int
    silent_minutes: int
    sha: str | None
    title: str | None
    broke_at: datetime | None
    candidate_commits: int | None
    flaky_commits: int
    verdict_commits: int
    lone_failures: int
    flake_rate_low: float
    flake_rate_high: float

    @property
    def url(self) -> str:
        return signal_url(self.signal_id)


@dataclass(frozen=True)
class BreakingCommit:
    """A commit where signals broke: a row of rpt_breaking_commits. failing_signals: how many of
    them fail now. unseen_signals: how many failed last and were not seen since. most_candidates:
    the largest number of commits that can be the cause of one of them, None when unknown."""

    head_sha: str
    committed_at: datetime
    title: str
    author: str
    broken_signals: int
    failing_signals: int
    unseen_signals: int
    most_candidates: int | None


@dataclass(frozen=True)
class FailureKind:
    """A kind of failure: a row of rpt_failure_kinds. failures: events of the kind, of `signals`
    signals on `commits` commits; failing_signals: how many of the signals fail now. signal_id,
    workflow, base, key, source: one of the signals."""

    failure_kind: str
    failures: int
    signals: int
    failing_signals: int
    commits: int
    signal_id: str
    source: str
    workflow: str
    base: str
    key: str

    @property
    def url(self) -> str:
        return signal_url(self.signal_id)


@dataclass(frozen=True)
class SignalsCard:
    """The signals track on the site's index; `url` is relative to the index."""

    window: Window
    red_now: list[SignalLine] = field(default_factory=list)
    unseen: list[SignalLine] = field(default_factory=list)
    kinds: list[FailureKind] = field(default_factory=list)
    broke_last: list[BreakingCommit] = field(default_factory=list)
    flakiest: list[SignalLine] = field(default_factory=list)
    incidents: Incidents | None = None
    url: str = URL


def has_signals(reader: Reader) -> bool:
    """Whether the signals track was built."""
    return reader.has("rpt_window_summary") and reader.has("page_signals")


def render_signals(reader: Reader, output: Path, console: Console) -> SignalsCard | None:
    """Write `output`/signals: three pages and their data. Returns what the index shows of them.

    Writes nothing and returns None when the page models were not built. Raises UserError when
    `output` cannot be written.
    """
    window = read_window(reader)
    if window is None or not reader.has("page_signals"):
        return None
    folder = output / "signals"
    _write_grid(reader, folder)
    _write_events(reader, folder, console)
    write_data(folder / "data", "commits", reader.json_table("page_commit_details", "commit_rank"))
    pages = (
        ("index.html", "signals_grid.html"),
        ("signal.html", "signal.html"),
        ("commit.html", "commit.html"),
    )
    for page, template in pages:
        write_file(folder / page, render_page(template, "../", window=window, server_url=window.server_url))
    lines = "page_index_signals"
    return SignalsCard(
        window,
        red_now=reader.records(SignalLine, lines, "recently_broken_order", "is_failing", 10),
        unseen=reader.records(SignalLine, lines, "recently_broken_order", "is_unseen", 10),
        kinds=reader.records(FailureKind, "rpt_failure_kinds", "kind_number", limit=8),
        broke_last=reader.records(BreakingCommit, "rpt_breaking_commits", "first_failing_rank", limit=8),
        flakiest=reader.records(SignalLine, lines, "flakiest_order", "is_flaky", 10),
        incidents=read_incidents(reader),
    )


def _write_grid(reader: Reader, folder: Path) -> None:
    parts = {
        b"window": reader.json_objects("rpt_window_summary", "as_of"),
        b"workflows": reader.json_objects("rpt_workflow_summary", "workflow_name"),
        b"outcomes": reader.json_objects("cell_outcomes", "outcome"),
        b"states": reader.json_objects("signal_states", "state_order"),
        b"gap_reasons": reader.json_objects("gap_reasons", "reason"),
        b"incidents": reader.json_objects("rpt_incidents", "incident_number"),
        b"commits": reader.json_table("page_commits", "commit_rank"),
        b"signals": reader.json_table("page_signals", "group_order"),
    }
    write_data(folder / "data", "grid", b"{" + b",".join(b'"%s":%s' % part for part in parts.items()) + b"}")


def _write_events(reader: Reader, folder: Path, console: Console) -> None:
    files = reader.rows("page_event_files", "file")
    with console.progress("signal events") as progress:
        progress.start(len(files))
        for file in files:
            write_data(folder / "data", f"events-{file['file']}", file["content"].encode())
            progress.advance()
