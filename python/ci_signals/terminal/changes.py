"""`signals diff --since`: what broke, was fixed or became flaky since a moment, without saved files."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.printable import printable, printable_json
from ci_signals.settings import Settings
from ci_signals.terminal.reports import open_reports
from ci_signals.terminal.screen import Screen, counted, to_the_minute

CHANGES = "rpt_signal_changes"
_WORDS = {
    "broke": ("broke", "bold red"),
    "red": ("red as far back as is known", "red"),
    "fixed": ("fixed", "green"),
    "flaky": ("newly flaky", "yellow"),
}
_AGO = re.compile(r"(\d{1,6})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def since_moment(text: str, as_of: datetime) -> datetime:
    """The moment that `text` names: 90m, 24h or 7d before `as_of`, or ISO 8601, UTC when it names no zone.

    Raises UserError for anything else, and for a moment that is not before `as_of`. UTC without a zone.
    """
    ago = _AGO.fullmatch(text)
    try:
        moment = as_of - int(ago[1]) * _UNITS[ago[2]] if ago else datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise UserError(
            f"--since {text!r} is not a time: write it as 24h, 90m, 7d or 2026-11-20T12:00:00"
        ) from error
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    if moment >= as_of:
        raise UserError(f"--since {text!r} is not before the end of the window, {as_of:%Y-%m-%dT%H:%M:%S}")
    return moment


def print_changes(settings: Settings, console: Console, since: str, as_json: bool, summary: bool) -> bool:
    """Print what changed since a moment, by kind and incident, and return whether anything did.

    `since`: as `since_moment` reads it; it counts back from the end of the last build's window. On a
    terminal a change is a line under its kind and incident, elsewhere a line separated by tabs: kind, time,
    incident, commit, source, workflow, job, key. `summary`: print how many changes each kind and
    incident has. `as_json`: print objects. Raises UserError when no signals were built.
    """
    with open_reports(settings) as (reader, window):
        if not reader.has(CHANGES):
            raise UserError("there are no changes yet: run signals build")
        as_of = window.as_of.replace(tzinfo=None)
        moment = since_moment(since, as_of)
        minutes = int((as_of - moment).total_seconds() // 60)
        changes = reader.rows(CHANGES, "change_number", "minutes_ago <= {minutes:Int64}", minutes=minutes)
        known = reader.rows("rpt_known_span", "as_of")[0]["known_since"].replace(tzinfo=None)
    for change in changes:
        change["changed_at"] = f"{change['changed_at']:%Y-%m-%dT%H:%M:%S}"
    kinds = Counter(change["change"] for change in changes)
    console.say(
        f"since {moment:%Y-%m-%d %H:%M} UTC, to {as_of:%Y-%m-%d %H:%M} (build {window.build}):"
        f" {', '.join(f'{kinds[kind]} {_WORDS[kind][0]}' for kind in _WORDS if kinds[kind]) or 'no change'}"
    )
    if moment < known:
        console.warn(
            f"verdicts are known since {known:%Y-%m-%d %H:%M} UTC: earlier changes are not among these"
        )
    screen = Screen()
    for (kind, incident), group in groupby(changes, lambda one: (one["change"], one["incident_id"])):
        rows = list(group)
        if summary:
            _count(screen, kind, incident, len(rows), as_json)
        elif as_json or not screen.is_terminal:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False) if as_json else "\t".join(_fields(row))
                screen.data(printable_json(line) if as_json else line)
        else:
            _draw(screen, kind, incident, rows)
    return bool(changes)


def _count(screen: Screen, kind: str, incident: str, signals: int, as_json: bool) -> None:
    if as_json:
        screen.data(json.dumps({"change": kind, "incident_id": incident, "signals": signals}))
    elif screen.is_terminal:
        words, style = _WORDS[kind]
        where = f"incident {incident}" if incident else "no incident"
        screen.line((f"{signals:>4} {words}", style), f"  {where}")
    else:
        screen.data(f"{kind}\t{incident}\t{signals}")


def _fields(change: dict[str, Any]) -> list[str]:
    names = ("change", "changed_at", "incident_id", "head_sha", "source", "workflow_name", "job_base_name")
    return [printable(change[name]) for name in (*names, "key")]


def _draw(screen: Screen, kind: str, incident: str, rows: list[dict[str, Any]]) -> None:
    words, style = _WORDS[kind]
    where = f"  incident {incident}" if incident else ""
    screen.line((f"{words}: {counted(len(rows), 'signal')}", style), where)
    for row in rows:
        screen.line(
            f"  {to_the_minute(row['changed_at'])}  ",
            (row["head_sha"][:9], "cyan"),
            f"  {screen.cut(row['key'], max(20, screen.width - 32))}",
            (f"  {row['workflow_name']} / {row['job_base_name']}", "dim"),
        )
    screen.line()
