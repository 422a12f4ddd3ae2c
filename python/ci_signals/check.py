"""`signals check`: whether the newest runs keep their budgets."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from ci_signals.budget import LIMITS, Budget, Slower, read_budgets
from ci_signals.console import Console
from ci_signals.errors import NO_DATA, UserError
from ci_signals.names import near_names
from ci_signals.printable import printable_json
from ci_signals.reader import Reader, open_reader
from ci_signals.run_words import MEASURES, amount
from ci_signals.settings import Settings
from ci_signals.terminal.screen import Screen, counted

_TOTAL = "total_ms"
_NEWEST = "trace_name = {name:String} and run_number = 1"


@dataclass(frozen=True)
class Verdict:
    """A limit and what the newest run has. is_broken: above the limit. value: None when it is unknown, which
    is not the same as kept."""

    trace: str
    limit: str
    function: str
    value: float | None
    allowed: float | None
    is_broken: bool
    line: str


def print_check(settings: Settings, console: Console, path: Path, allow_unknown: bool, as_json: bool) -> bool:
    """Print one line per broken budget of the newest runs; whether there is any.

    A value that is unknown, such as a median without runs, is broken unless `allow_unknown`; then it
    is a warning. `as_json`: print every verdict, one object per line. Raises UserError for a wrong
    file, and with exit code 3 when a trace of it was not built.
    """
    budgets = read_budgets(path)
    with open_reader(settings) as reader:
        if not reader.has("rpt_run_trends"):
            raise UserError("no data: there are no traces yet; load some, then run signals build", NO_DATA)
        _check_built(reader, path, budgets)
        verdicts = [verdict for budget in budgets for verdict in _verdicts(reader, budget)]
    screen, broken = Screen(), 0
    for verdict in verdicts:
        is_unknown = verdict.value is None or verdict.allowed is None
        fails = verdict.is_broken or (is_unknown and not allow_unknown)
        broken += fails
        if as_json:
            row = {name: value for name, value in vars(verdict).items() if name != "line"}
            screen.data(printable_json(json.dumps(row | {"fails": fails}, ensure_ascii=False)))
        elif fails:
            screen.line(("broken" if verdict.is_broken else "unknown", "red"), f"  {verdict.line}")
        if is_unknown and allow_unknown:
            console.warn(verdict.line)
    console.say(f"{counted(len(verdicts), 'budget')} checked, {broken} broken")
    return bool(broken)


def _check_built(reader: Reader, path: Path, budgets: list[Budget]) -> None:
    """Raise UserError for a name without a built trace, or with one that was loaded since the build."""
    built = {row["trace"]: row for row in reader.rows("dim_traces", "trace_number")}
    names = {str(row["trace_name"]) for row in built.values()}
    loaded = reader.rows("stg_compile__traces", "trace")
    for budget in budgets:
        if budget.name not in names:
            shown = budget.name[:100]
            raise UserError(
                f"no data: trace {shown!r} of {path} was not built{near_names(shown, names)}", NO_DATA
            )
        for load in loaded:
            is_built = load["trace"] in built and built[load["trace"]]["loaded_at"] == load["trace_loaded_at"]
            if load["trace_name"] == budget.name and not is_built:
                raise UserError(
                    f"no data: {load['trace']} was loaded after the last build: run signals build", NO_DATA
                )


def _verdicts(reader: Reader, budget: Budget) -> Iterator[Verdict]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    found = reader.rows("rpt_run_trends", "measure, file_key, function_key", _NEWEST, name=budget.name)
    for row in found:
        rows[row["measure"]].append(row)
    trace = found[0]["trace"] if found else budget.name
    for key, allowed in budget.limits.items():
        if not rows[LIMITS[key]]:
            line = f"{trace}: {MEASURES[LIMITS[key]]} of the newest run is unknown, the log has none"
            yield Verdict(trace, key, "", None, allowed, is_broken=False, line=line)
            continue
        broken = [row for row in rows[LIMITS[key]] if row["measured"] > allowed]
        # of functions each that is above the limit, and the one with most when none is
        for row in broken or [max(rows[LIMITS[key]], key=lambda row: row["measured"])]:
            place = f" of {row['function_key']} ({row['file_key']})" if row["function_key"] else ""
            value, limit = (amount(number, row["unit"]) for number in (row["measured"], allowed))
            line = f"{trace}: {MEASURES[row['measure']]}{place} {value}, allowed are {limit}"
            yield Verdict(trace, key, row["function_key"], row["measured"], allowed, bool(broken), line)
    if budget.slower:
        yield _slower(trace, budget.slower, rows[_TOTAL])
    for row in rows["unfinished"]:
        if row["measured"]:
            some = counted(int(row["measured"]), "compilation")
            line = f"{trace}: the newest run is not all known, {some} without an end in its log"
            yield Verdict(trace, "unfinished", "", None, 0, is_broken=False, line=line)


def _slower(trace: str, slower: Slower, rows: list[dict[str, Any]]) -> Verdict:
    limit = "slower_than_median"
    earlier = rows[0]["earlier_values"][: slower.runs] if rows else []
    if not earlier:
        line = f"{trace}: no earlier run, so there is no median to be slower than"
        return Verdict(
            trace, limit, "", rows[0]["measured"] if rows else None, None, is_broken=False, line=line
        )
    value, usual = rows[0]["measured"], median(earlier)
    allowed = max(usual * (1 + slower.percent / 100), usual + slower.ms)
    line = (
        f"{trace}: {MEASURES[_TOTAL]} {amount(value, 'ms')}, the median of"
        f" {counted(len(earlier), 'earlier run')} is {amount(usual, 'ms')},"
        f" allowed are {amount(allowed, 'ms')}"
    )
    return Verdict(trace, limit, "", value, round(allowed, 3), value > allowed, line)
