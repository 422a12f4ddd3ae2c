"""The window of the last build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ci_signals.reader import Reader


@dataclass(frozen=True)
class Window:
    """What was built and how much is in it: the row of rpt_window_summary. Times are UTC."""

    repository: str
    branch_ref: str
    workflows: list[str]
    starts_at: datetime
    as_of: datetime
    lookback_hours: int
    commits: int
    signals: int
    failing_signals: int
    flaky_signals: int
    recovered_signals: int
    pending_signals: int


def read_window(reader: Reader) -> Window | None:
    """The window of the last build; None before the first."""
    if not reader.has("rpt_window_summary"):
        return None
    return reader.records(Window, "rpt_window_summary", "as_of")[0]
