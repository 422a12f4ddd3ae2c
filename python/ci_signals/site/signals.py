"""The signals pages: the grid of commits x signals, and the page of one signal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.site import signals_sql as sql
from ci_signals.site.data_files import JSON_SETTINGS, json_objects, json_rows, write_data, write_file
from ci_signals.site.environment import render_page
from ci_signals.warehouse import Client, has_table

URL = "signals/index.html"


@dataclass(frozen=True)
class Window:
    """What was built and how much is in it: the row of rpt_window_summary. Times are UTC."""

    repository: str
    branch: str
    workflows: list[str]
    starts_at: datetime
    as_of: datetime
    hours: int
    commits: int
    signals: int
    failing: int
    flaky: int
    recovered: int
    pending: int


@dataclass(frozen=True)
class SignalLine:
    """A signal in a list of the index.

    streak_commits: commits in a row that came out as the newest verdict did.
    silent_commits: newer commits without a verdict. sha, title, broke_at: where its
    latest break was first seen ("" and 1970 when it never failed outright).
    candidate_commits: how many commits can be the cause, 0 when that is unknown.
    flake_rate_low and _high: 95% interval of flaky_commits / verdict_commits, 0 to 1.
    """

    signal_id: str
    source: str
    workflow: str
    base: str
    key: str
    streak_commits: int
    silent_commits: int
    sha: str
    title: str
    broke_at: datetime
    candidate_commits: int
    flaky_commits: int
    verdict_commits: int
    lone_failures: int
    flake_rate_low: float
    flake_rate_high: float

    @property
    def url(self) -> str:
        return f"signals/signal.html#{self.signal_id}"


@dataclass(frozen=True)
class BreakingCommit:
    """A commit where signals broke. broken: signals; failing: those that fail now;
    candidates: the most commits that can be the cause for one of them, 0 when unknown."""

    sha: str
    at: datetime
    title: str
    author: str
    broken: int
    failing: int
    candidates: int


@dataclass(frozen=True)
class SignalsCard:
    """The signals track on the site's index; `url` is relative to the index."""

    window: Window
    red_now: list[SignalLine] = field(default_factory=list)
    broke_last: list[BreakingCommit] = field(default_factory=list)
    flakiest: list[SignalLine] = field(default_factory=list)
    url: str = URL


def render_signals(client: Client, database: str, output: Path, console: Console) -> SignalsCard | None:
    """Write `output`/signals: two pages and their data. Returns what the index shows of them.

    None, and nothing written, when the report models were not built. Raises UserError
    when `output` cannot be written.
    """
    if not has_table(client, database, "rpt_window_summary"):
        return None
    folder = output / "signals"
    window = _records(client, database, sql.WINDOW, Window)[0]
    _write_grid(client, database, folder)
    _write_events(client, database, folder, console)
    for page, template in (("index.html", "signals_grid.html"), ("signal.html", "signal.html")):
        write_file(folder / page, render_page(template, "../", window=window))
    return SignalsCard(
        window,
        red_now=_records(client, database, sql.RED_NOW, SignalLine),
        broke_last=_records(client, database, sql.BREAKING_COMMITS, BreakingCommit),
        flakiest=_records(client, database, sql.FLAKIEST, SignalLine),
    )


def _write_grid(client: Client, database: str, folder: Path) -> None:
    parts = {
        b"window": json_objects(client, sql.over(sql.WINDOW, database)),
        b"workflows": json_objects(client, sql.over(sql.WORKFLOWS, database)),
        b"commits": json_rows(client, sql.over(sql.COMMITS, database)),
        b"signals": json_rows(client, sql.over(sql.SIGNALS, database)),
    }
    if has_table(client, database, "fct_signal_gaps"):
        parts[b"gaps"] = json_rows(client, sql.over(sql.GAPS, database))
    write_data(folder / "data", "grid", b"{" + b",".join(b'"%s":%s' % part for part in parts.items()) + b"}")


def _write_events(client: Client, database: str, folder: Path, console: Console) -> None:
    files = client.query(sql.over(sql.EVENT_FILES, database), settings=JSON_SETTINGS).result_rows
    with console.progress("signal events") as progress:
        progress.start(len(files))
        for name, content in files:
            write_data(folder / "data", f"events-{name}", content.encode())
            progress.advance()


def _records(client: Client, database: str, query: str, of: type[Any]) -> list[Any]:
    found = client.query(sql.over(query, database))
    return [
        of(**{name: _value(of, name, value) for name, value in zip(found.column_names, row, strict=True)})
        for row in found.result_rows
    ]


def _value(of: type[Any], name: str, value: Any) -> Any:
    wanted = of.__dataclass_fields__[name].type
    return datetime.fromtimestamp(value, UTC) if wanted == "datetime" else value
