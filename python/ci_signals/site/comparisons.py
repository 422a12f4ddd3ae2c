"""compare/<before>..<after>.html: what changed from a run to the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from ci_signals.reader import Reader
from ci_signals.run_words import (
    BETTER,
    CHANGES,
    MEASURES,
    WORSE,
    amount,
    change_sides,
    phase_change,
    trend_url,
)
from ci_signals.site.data_files import write_file
from ci_signals.site.environment import render_page
from ci_signals.site.run_rows import run_row

_MOST_CHANGES = 500
_TOTAL = "total_ms"


def write_comparisons(
    reader: Reader,
    output: Path,
    runs: dict[str, list[dict[str, Any]]],
    pages: dict[str, dict[str, Any]],
) -> None:
    """Write the page of each pair in `pages`, rows of dim_run_pairs by the later trace. runs: rows of
    dim_traces by name."""
    if not pages:
        return
    changes, totals = (
        _by_pair(reader.rows(table, f"before_trace, after_trace, {number}", "is_previous_pair"))
        for table, number in (("rpt_run_changes", "change_number"), ("rpt_run_totals", "measure_number"))
    )
    traces = {row["trace"]: row for rows in runs.values() for row in rows}
    for trace, pair in pages.items():
        key = pair["before_trace"], trace
        shown = changes.get(key, [])
        counts = Counter(change["change"] for change in shown)
        page = render_page(
            "traces/compare.html",
            "../",
            name=pair["trace_name"],
            trend_url=f"../{trend_url(pair['trace_name'])}",
            before=run_row(traces[pair["before_trace"]], pages),
            after=run_row(traces[trace], pages),
            bars=_bars(totals.get(key, [])),
            totals=[_total(row) for row in totals.get(key, []) if row["before_value"] or row["after_value"]],
            counts=[(words, _tone(kind), counts[kind]) for kind, words in CHANGES.items() if counts[kind]],
            changes=[_change(row, traces) for row in shown[:_MOST_CHANGES]],
            left_out=max(0, len(shown) - _MOST_CHANGES),
        )
        write_file(output / pair["page"], page)


def _bars(totals: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A bar of phases for either side, to one scale: parts from left to right, in % of the longer bar."""
    phases = [row for row in totals if row["unit"] == "ms" and row["measure"] != _TOTAL]
    sums = {side: sum(max(0, row[f"{side}_value"] or 0) for row in phases) for side in ("before", "after")}
    longest = max(sums.values())
    if not longest:
        return []
    bars = []
    for side, whole in sums.items():
        x, parts = 0.0, []
        for number, row in enumerate(phases, start=1):
            value = max(0, row[f"{side}_value"] or 0)
            if value:
                width = value / longest * 100
                title = MEASURES[row["measure"]]
                parts.append((number, round(x, 3), round(width, 3), title, amount(value, "ms")))
                x += width
        bars.append({"side": side, "parts": parts, "total": amount(whole, "ms")})
    return bars


def _total(row: dict[str, Any]) -> dict[str, Any]:
    before, after, unit = row["before_value"], row["after_value"], row["unit"]
    is_known = before is not None and after is not None
    return {
        "title": MEASURES[row["measure"]],
        # phases follow the total, in the order of their colours
        "phase": row["measure_number"] - 1 if unit == "ms" and row["measure"] != _TOTAL else 0,
        "before": amount(before, unit),
        "after": amount(after, unit),
        "difference": amount(after - before, unit, sign=True) if is_known and after != before else "",
    }


def _change(row: dict[str, Any], traces: dict[str, dict[str, Any]]) -> dict[str, Any]:
    before, after = change_sides(row)
    sides = []
    for side in ("before", "after"):
        if row[f"{side}_page"]:
            folder = traces[row[f"{side}_trace"]]["folder"]
            sides.append((row[f"{side}_display_name"], f"../traces/{folder}/{row[f'{side}_page']}"))
    line = row["before_line"] if row["after_line"] is None else row["after_line"]
    return row | {
        "title": CHANGES[row["change"]],
        "tone": _tone(row["change"]),
        "cost": amount(row["change_ms"], "ms", sign=True),
        "before": before,
        "after": after,
        "sides": sides,
        "line": line,
        "moved_from": row["before_line"] if None is not row["before_line"] != line else None,
        "phases": [phase_change(phase) for phase in row["phases"]],
    }


def _tone(change: str) -> str:
    return "failure" if change in WORSE else "success" if change in BETTER else "pending"


def _by_pair(rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    pairs: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        pairs[row["before_trace"], row["after_trace"]].append(row)
    return dict(pairs)
