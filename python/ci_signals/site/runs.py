"""The pages about runs of a trace: compare/<before>..<after>.html and trends/<name>.html."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from ci_signals.reader import Reader
from ci_signals.site.comparisons import write_comparisons
from ci_signals.site.trace_names import is_safe
from ci_signals.site.trends import write_trend


def render_runs(reader: Reader, output: Path) -> None:
    """Write the pages of names that have several runs: a trend, and each run against the run before.

    Does nothing when these models were never built. Raises UserError when `output` cannot be written.
    """
    if not reader.has("rpt_run_trends"):
        return
    for folder in ("compare", "trends"):  # also when empty: pages of runs that are gone have to go
        (output / folder).mkdir(parents=True, exist_ok=True)
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in reader.rows("dim_traces", "trace_name, run_number", "runs > 1"):
        if is_safe(row["trace"]) and is_safe(row["trace_name"]):
            runs[row["trace_name"]].append(row)
    pairs = reader.rows("dim_run_pairs", "trace_name, run_number", "is_previous_pair") if runs else []
    shown = {row["trace"] for rows in runs.values() for row in rows}
    pages = {row["after_trace"]: row for row in pairs if {row["before_trace"], row["after_trace"]} <= shown}
    write_comparisons(reader, output, runs, pages)
    for name, rows in runs.items():
        write_trend(reader, output, name, rows, pages)
