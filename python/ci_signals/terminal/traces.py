"""`signals traces`: which traces and runs are loaded, and what changed between two of them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import NO_DATA, UserError
from ci_signals.loaders.loaded_traces import LoadedTrace, loaded_traces
from ci_signals.names import near_names
from ci_signals.printable import printable_json
from ci_signals.reader import Reader, open_reader
from ci_signals.run_words import (
    BETTER,
    CHANGES,
    MEASURES,
    WORSE,
    amount,
    change_sides,
    labels_text,
    phase_change,
)
from ci_signals.settings import Settings
from ci_signals.terminal.screen import Screen, counted, padded
from ci_signals.warehouse import open_client

_PAIR = "before_trace = {before:String} and after_trace = {after:String}"


def print_traces(settings: Settings, console: Console, as_json: bool) -> None:
    """Print the loaded traces by name, the newest run first: time, lines, size on disk, labels.

    Raises UserError when nothing is loaded.
    """
    with open_client(settings) as client:
        loads = loaded_traces(settings, client)
    if not loads:
        raise UserError("no data: no trace is loaded; start with signals load trace", NO_DATA)
    screen = Screen()
    if as_json:
        for load in loads:
            screen.data(printable_json(json.dumps(_json(load), ensure_ascii=False)))
        return
    width = max(len(load.trace) for load in loads)
    for load in loads:
        labels = labels_text(load.labels)
        screen.line(
            (padded(load.trace, width), "bold"),
            f"  {load.run_started_at or load.loaded_at:%Y-%m-%d %H:%M}"
            f"  {counted(load.lines, 'line'):>14}  {_size(load.bytes):>8}",
            f"  {labels}" if labels else "",
        )
    names = len({load.trace_name for load in loads})
    console.say(f"{counted(len(loads), 'trace')} of {counted(names, 'name')}")


def print_changes(
    settings: Settings, console: Console, before: str, after: str | None, as_json: bool
) -> bool:
    """Print what changed from trace `before` to trace `after`, dearest first; whether anything did.

    Both are keys, NAME/RUN, or names: then the newest run counts. Without `after` it is `before` that is
    compared with the run before it. `as_json`: print the rows of rpt_run_changes, one object per line.
    Raises UserError when the models were never built, or a trace or an earlier run is not in them.
    """
    with open_reader(settings) as reader:
        if not reader.has("rpt_run_changes"):
            raise UserError("no data: there are no traces yet; load some, then run signals build", NO_DATA)
        earlier, later = _pair(reader, before, after)
        pair = {"before": earlier, "after": later}
        lines = reader.json_lines("*", "rpt_run_changes", "change_number", _PAIR, **pair)
        totals = reader.rows("rpt_run_totals", "measure_number", _PAIR, **pair)
    screen = Screen()
    for line in lines:
        if as_json:
            screen.data(printable_json(line))
        else:
            _draw(screen, json.loads(line))
    console.say(f"{earlier} -> {later}: {counted(len(lines), 'change')}; {_totals(totals)}")
    return bool(lines)


def _pair(reader: Reader, before: str, after: str | None) -> tuple[str, str]:
    first = _chosen(reader, before)
    if after is None:
        if not first["previous_trace"]:
            raise UserError(f"no data: {first['trace']} has no run before it", NO_DATA)
        return first["previous_trace"], first["trace"]
    second = _chosen(reader, after)
    if first == second:
        raise UserError(f"{before} and {after} are the same trace")
    return first["trace"], second["trace"]


def _chosen(reader: Reader, name: str) -> dict[str, Any]:
    """The row of a built trace: that with the key `name`, else the newest run of that name."""
    rows = reader.rows("dim_traces", "run_number")
    for key in ("trace", "trace_name"):
        for row in rows:
            if row[key] == name:
                return row
    known = {str(row[key]) for row in rows for key in ("trace", "trace_name")}
    raise UserError(f"no trace {name!r} was built{near_names(name, known)}")


def _json(load: LoadedTrace) -> dict[str, Any]:
    row = asdict(load)
    del row["load_id"]
    for time in ("run_started_at", "loaded_at"):
        row[time] = row[time] and row[time].isoformat(timespec="seconds")
    return row


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:.0f} kB"


def _draw(screen: Screen, change: dict[str, Any]) -> None:
    kind = change["change"]
    style = "red" if kind in WORSE else "green" if kind in BETTER else "yellow"
    line = change["after_line"] if change["after_line"] is not None else change["before_line"]
    ids = dict.fromkeys(filter(None, (change["before_display_name"], change["after_display_name"])))
    before, after = change_sides(change)
    screen.line(
        (padded(CHANGES[kind], 18), style),
        f"{amount(change['change_ms'], 'ms', sign=True):>10}  ",
        (change["function"] or "(no function)", "bold"),
        f"  {change['function_file']}" + (f":{line}" if line else ""),
        f"  {' '.join(ids)}",
        f" rank {change['rank']}" if change["rank"] is not None else "",
        f"  {before} -> {after}",
        *(f"; {phase_change(phase)}" for phase in change["phases"]),
    )
    for text in change["texts"]:
        first, *others = text.strip().splitlines() or [""]
        screen.line(("    ", ""), (f"{first[:200]}{' …' if others else ''}", "dim"))


def _totals(totals: list[dict[str, Any]]) -> str:
    shown = ("total_ms", "compilations", "failures", "graph_breaks")
    return ", ".join(
        f"{MEASURES[row['measure']]} {amount(row['before_value'], row['unit'])}"
        f" -> {amount(row['after_value'], row['unit'])}"
        for row in totals
        if row["measure"] in shown
    )
