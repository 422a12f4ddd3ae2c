"""The window of a build: what was asked for, and what the last build made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ci_signals.errors import UserError
from ci_signals.links import github
from ci_signals.reader import Reader

LATEST = "latest"
_AGO = re.compile(r"-(\d{1,6})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True)
class Window:
    """What was built and how much is in it: the row of rpt_window_summary. Times are UTC.

    server_url: of the repository's host, or "". build_id: of the dbt run that made the window. jobs: those
    that count, of any state. lost_minutes: of failed jobs, by flakes.
    """

    repository: str
    branch_ref: str
    server_url: str
    workflows: list[str]
    starts_at: datetime
    as_of: datetime
    lookback_hours: int
    build_id: str
    commits: int
    jobs: int
    finished_jobs: int
    signals: int
    failing_signals: int
    unseen_signals: int
    flaky_signals: int
    seen_once_signals: int
    recovered_signals: int
    pending_signals: int
    new_flakes: int
    lost_minutes: float

    @property
    def has_data(self) -> bool:
        """Whether anything is known about tests and jobs of the window."""
        return bool(self.signals or self.finished_jobs)

    def link(self, *path: object) -> str:
        """The address of `path` in the repository, on its own host; "" when the host is unknown."""
        return github(self.repository, *path, server=self.server_url)

    @property
    def flake_costs(self) -> str:
        """What flakes cost, in words; "" when they cost nothing."""
        new = f"{self.new_flakes:,} new, " if self.new_flakes else ""
        return f"flakes: {new}{self.lost_minutes:,.0f} min of failed jobs" if self.lost_minutes else ""

    @property
    def build(self) -> str:
        """Enough of the build's id to tell builds apart."""
        return self.build_id[:8]


def read_window(reader: Reader) -> Window | None:
    """The window of the last build; None before the first."""
    if not reader.has("rpt_window_summary"):
        return None
    return reader.records(Window, "rpt_window_summary", "as_of")[0]


def check_finished(reader: Reader) -> None:
    """Raise UserError when some tables are of a later build than the others.

    That is so while a build runs, after one that failed or was stopped, and after one of some
    models only.
    """
    finished, begun = _build_ids(reader)
    if finished != begun:
        raise UserError(
            f"the tables are of two builds: {finished[:8]}, which finished, and {begun[:8]}, which runs,"
            " failed or was of some models only; wait for it, or run signals build"
        )


def is_finished(reader: Reader) -> bool:
    """Whether all tables are of one build."""
    finished, begun = _build_ids(reader)
    return finished == begun


def _build_ids(reader: Reader) -> tuple[str, str]:
    """The builds that made the last table and the window; the same id before a build ever finished."""
    if not (reader.has("dim_build") and reader.has("int_window")):
        return "", ""
    finished, begun = (reader.rows(table, "as_of")[0]["build_id"] for table in ("dim_build", "int_window"))
    return finished, begun


def check_unchanged(reader: Reader, window: Window | None) -> None:
    """Raise UserError when another build began after `window` was read."""
    if window and reader.rows("int_window", "as_of")[0]["build_id"] != window.build_id:
        raise UserError("another build changed the tables meanwhile: nothing was written; run this again")


def moment(text: str, now: datetime | None = None) -> str:
    """The end of a window as dbt's variable as_of has it: ISO 8601 in UTC without a zone, or `latest`.

    text: `latest`, `now`, `yesterday` (until its midnight), a date (until the end of that day),
    -30m, -6h, -2d, or ISO 8601, UTC when it names no zone. Raises UserError for anything else.
    """
    if text == LATEST:
        return LATEST
    now = now or datetime.now(UTC)
    ago = _AGO.fullmatch(text)
    try:
        if text == "now":
            end = now
        elif text == "yesterday":
            end = datetime(now.year, now.month, now.day, tzinfo=UTC)
        elif ago:
            end = now - int(ago[1]) * _UNITS[ago[2]]
        elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            end = datetime.fromisoformat(text) + _UNITS["d"]
        else:
            end = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"--as-of {text!r} is not a time: write it as 2026-11-20T12:00:00, 2026-11-20 (the whole day),"
            " yesterday, -6h or latest"
        ) from error
    if end.tzinfo is None:
        end = end.replace(tzinfo=UTC)
    return end.astimezone(UTC).replace(tzinfo=None).isoformat()
