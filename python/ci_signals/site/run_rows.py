"""A run, as the pages that compare runs show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ci_signals.run_words import amount, labels_text


@dataclass(frozen=True)
class RunRow:
    """A run of a name. Addresses are for a page one folder below the site's. compare_url: of the page that
    compares it with the run before; "" for the oldest."""

    trace: str
    title: str
    labels: str
    started_at: str
    url: str
    compare_url: str
    compilations: int
    failures: int
    total: str


def run_row(row: dict[str, Any], pages: dict[str, dict[str, Any]]) -> RunRow:
    """A run from its row of dim_traces. pages: rows of dim_run_pairs by the later trace."""
    started_at = f"{row['run_started_at']:%Y-%m-%d %H:%M:%S}"
    pair = pages.get(row["trace"])
    return RunRow(
        trace=row["trace"],
        title=row["run"] or started_at,
        labels=labels_text(row["labels"]),
        started_at=started_at,
        url=f"../traces/{row['folder']}/index.html",
        compare_url=f"../{pair['page']}" if pair else "",
        compilations=row["compilations"],
        failures=row["failures"],
        total=amount(row["total_ms"], "ms"),
    )
