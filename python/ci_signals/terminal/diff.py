"""`signals diff`: what changed between the signals.jsonl of two builds."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.binding import format_str
from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.printable import printable_json
from ci_signals.reader import json_lines, write_plain_json
from ci_signals.store import connect_memory
from ci_signals.terminal.screen import Screen, counted, job_signal
from ci_signals.warehouse import Client

# The files are not in the warehouse, so no model can compare them. `before` is side 0, `after` side 1.
_DIFFS = ("diff_signals.sql", "diff_commits.sql", "diff_cells.sql")
_EVENT = (
    "name String, status String, started_at String, ended_at Nullable(String),"
    " wf_run_id Int64, run_attempt Int64, job_id Int64"
)
_COLUMNS = (
    "source String, workflow_name String, job_base_name String, key String,"
    f" commits Array(Tuple(head_sha String, timestamp String, events Array(Tuple({_EVENT}))))"
)
_CREATE = f"create table lines (side UInt8, {_COLUMNS}) engine = Memory settings compress = 1"
# A field that a line lacks reads as empty. The check finds such lines, and signals that occur twice.
_LOAD = (
    f"insert into lines select {{side}}, * from file({{path}}, 'JSONEachRow', '{_COLUMNS}')"
    " settings input_format_json_read_numbers_as_strings = 0, input_format_skip_unknown_fields = 1"
)
_CHECK = """
select
    countIf(source not in ('test', 'job') or empty(commits)) as strange,
    count() - uniqExact(source, workflow_name, job_base_name, key) as repeated
from lines
where side = {side:UInt8}
"""
_SIGNS = {
    "came": ("+", "green"),
    "went": ("-", "red"),
    "moved": ("~", "yellow"),
    "changed": ("~", "yellow"),
}
_INCIDENT = (
    "incident_id String, status String, signal_count UInt64, red_signals UInt64,"
    " suspects Array(Tuple(head_sha String, probability Float64))"
)
_CREATE_INCIDENTS = f"create table incidents (side UInt8, {_INCIDENT}) engine = Memory"
_LOAD_INCIDENTS = (
    f"insert into incidents select {{side}}, * from file({{path}}, 'JSONEachRow', '{_INCIDENT}')"
    " settings input_format_skip_unknown_fields = 1,"
    " input_format_json_ignore_unknown_keys_in_named_tuple = 1"
)


@dataclass(frozen=True)
class Side:
    """The files of one build. incidents: its incidents.jsonl; None leaves incidents out."""

    signals: Path
    incidents: Path | None = None


def print_diff(console: Console, before: Side, after: Side, as_json: bool) -> bool:
    """Print every change from `before` to `after`, and return whether there is any.

    A signal or commit that only one file has is one change. Of signals and commits in both
    files, each cell with different events is one, and each incident with another status, number of
    signals or first suspect. `as_json`: print one object per line, whose
    `change` says which kind it is. Raises UserError when a file is not a signals.jsonl.
    """
    with _lines_of(before, after) as client:
        folder = files("ci_signals").joinpath("sql")
        names = [*_DIFFS, *(["diff_incidents.sql"] if before.incidents and after.incidents else [])]
        parts = [json_lines(client, folder.joinpath(name).read_text()) for name in names]
    screen = Screen()
    counts: Counter[str] = Counter()
    signal: tuple[str, ...] = ()
    for line in (line for part in parts for line in part):
        change = json.loads(line)
        counts[change["change"]] += 1
        if as_json:
            screen.data(printable_json(line))
            continue
        if change["change"] == "cell" and screen.is_terminal and signal != _names(change):
            signal = _names(change)
            screen.line(("~", "yellow"), " signal ", *_title(change))
        _draw(screen, change)
    console.say(
        f"{counts['cell']} cells changed;"
        f" signals: {counts['signal_came']} came, {counts['signal_went']} went;"
        f" commits: {counts['commit_came']} came, {counts['commit_went']} went"
        + (f", {counts['commit_moved']} moved" if counts["commit_moved"] else "")
        + (f"; {_incidents(counts)}" if after.incidents else "")
    )
    return bool(counts)


def _incidents(counts: Counter[str]) -> str:
    came, went, changed = (counts[f"incident_{how}"] for how in ("came", "went", "changed"))
    return f"incidents: {came} came, {went} went, {changed} changed"


@contextmanager
def _lines_of(before: Side, after: Side) -> Iterator[Client]:
    """A client with both builds in tables. It needs no store, so it waits for none."""
    client = connect_memory()
    try:
        write_plain_json(client)
        client.command(_CREATE)
        client.command(_CREATE_INCIDENTS)
        for number, side in enumerate((before, after)):
            _load(client, number, side.signals)
            if side.incidents:
                path = format_str(str(side.incidents))
                client.command(_LOAD_INCIDENTS.format(side=number, path=path))
        yield client
    finally:
        client.close()


def _load(client: Client, side: int, file: Path) -> None:
    if not file.is_file():
        raise UserError(f"no such file: {file}")
    with tempfile.TemporaryDirectory() as folder:
        # The engine expands * ? { } in paths, so it reads a link without them.
        squeezed = file.suffix if file.suffix in {".gz", ".zst"} else ""
        link = Path(folder) / f"signals.jsonl{squeezed}"
        link.symlink_to(file.resolve())
        try:
            client.command(_LOAD.format(side=side, path=format_str(str(link))))
        except ClickHouseError as error:
            raise UserError(f"{file} is not a signals.jsonl: {_reason(str(error))}") from error
    strange, repeated = client.query(_CHECK, parameters={"side": side}).first_row
    if strange:
        raise UserError(f"{file} is not a signals.jsonl: {strange} of its lines are not signals")
    if repeated:
        raise UserError(f"{file} is not the signals of one build: {repeated} of them occur twice")


def _reason(message: str) -> str:
    """The engine's reason and line, without the names of its classes and of our link."""
    row = re.search(r"\(at row (\d+)\)", message)
    text = re.sub(r"^Code: \d+\. DB::Exception: ", "", message.splitlines()[0])
    text = re.split(
        r": While executing| before: |: \(in file|: \(at row|, while reading|: Buffer has gone", text
    )[0]
    return f"line {row[1]}: {text[:200]}" if row else text[:200]


def _draw(screen: Screen, change: dict[str, Any]) -> None:
    what, _, how = change["change"].partition("_")
    if what == "incident":
        both = [_incident(change[side]) for side in ("before", "after") if change[side]["status"]]
        screen.line(_SIGNS[how], " incident ", (change["incident_id"], "dim"), "  ", " -> ".join(both))
        return
    if what == "signal":
        screen.line(_SIGNS[how], " signal ", *_title(change))
    elif what == "commit":
        screen.line(
            _SIGNS[how],
            " commit ",
            (change["head_sha"][:9], "cyan"),
            f"  {change['timestamp'].replace('T', ' ')[:16]}"
            f"  {change['signals_with_events']} signals with events,"
            f" {change['signals_with_failures']} with failures",
        )
    else:
        parts = [
            (change["head_sha"][:9], "cyan"),
            "  ",
            *_side(screen, change["before"]),
            " -> ",
            *_side(screen, change["after"]),
            (
                ""
                if _statuses(change["before"]) != _statuses(change["after"])
                else "  another run, start or job",
                "dim",
            ),
        ]
        if screen.is_terminal:
            screen.line("    ", *parts)
        else:
            screen.line("~ cell ", *_title(change), "  ", *parts)


def _incident(incident: dict[str, Any]) -> str:
    """An incident in words, with its first suspect."""
    said = f"{incident['status']}, {incident['red_signals']} of {counted(incident['signals'], 'signal')} red"
    suspect = f", {incident['suspect_sha'][:9]} {incident['probability']:.0%}"
    return said + (suspect if incident["suspect_sha"] else ", no suspect")


def _side(screen: Screen, events: list[dict[str, Any]]) -> tuple[Any, ...]:
    statuses = _statuses(events)
    return screen.statuses(statuses), " ", ", ".join(statuses) or "no event"


def _statuses(events: list[dict[str, Any]]) -> list[str]:
    return [event["status"] for event in events]


def _names(change: dict[str, Any]) -> tuple[str, ...]:
    return tuple(change[name] for name in ("source", "workflow_name", "job_base_name", "key"))


def _title(change: dict[str, Any]) -> tuple[Any, ...]:
    key = job_signal(change["key"], change["job_base_name"]) if change["source"] == "job" else change["key"]
    return (key, "bold"), f"  {change['workflow_name']} / {change['job_base_name']}"
