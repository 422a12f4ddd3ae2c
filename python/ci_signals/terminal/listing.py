"""`signals list`: the signals of the last build, failing ones first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.printable import printable, printable_json
from ci_signals.reader import Reader
from ci_signals.settings import Settings
from ci_signals.terminal.list_format import ListFormat
from ci_signals.terminal.markdown import markdown_list
from ci_signals.terminal.reports import HISTORIES, open_reports
from ci_signals.terminal.screen import Screen, job_signal, padded

# Usually enough of an id to name a signal; `signals show` says when it is not.
ID_DIGITS = 8
STATE_STYLES = {
    "failing": "bold red",
    "unseen": "red",
    "flaky": "yellow",
    "seen_once": "cyan",
    "recovered": "green",
}
_STRIP = 24
_CHOSEN = (
    "(({failing:Bool} and is_failing) or ({unseen:Bool} and is_unseen) or ({flaky:Bool} and is_flaky)"
    " or not ({failing:Bool} or {unseen:Bool} or {flaky:Bool}))"
    " and (empty({workflows:Array(String)}) or has({workflows:Array(String)}, workflow_name))"
)
_PLAIN = ("signal_id", "state", "workflow_name", "job_base_name", "signal_key")


@dataclass(frozen=True)
class Choice:
    """Which signals to list. With several of failing, unseen and flaky: signals that are any of these.
    workflows: signals of any of these. Without a choice: all signals."""

    failing: bool = False
    unseen: bool = False
    flaky: bool = False
    workflows: tuple[str, ...] = ()


def print_list(settings: Settings, console: Console, choice: Choice, how: ListFormat) -> None:
    """Print the chosen signals: in the order of signal_states; of failing ones the last to break is on top.

    On a terminal this is a table. Elsewhere it is one line per signal, separated by tabs: id,
    state, workflow, base name, key, outcomes; `how` chooses JSON or Markdown instead. Raises
    UserError when nothing was built, or the window has no such workflow.
    """
    with open_reports(settings) as (reader, window):
        _check_workflows(reader, choice.workflows)
        lines = reader.json_lines(
            "* except (list_order, signal_number, commits)",
            HISTORIES,
            "list_order",
            _CHOSEN,
            failing=choice.failing,
            unseen=choice.unseen,
            flaky=choice.flaky,
            workflows=list(choice.workflows),
        )
    screen = Screen()
    if how is ListFormat.json:
        for line in lines:
            screen.data(printable_json(line))
        return
    console.say(
        f"{window.repository}, {window.commits} commits, {window.starts_at:%Y-%m-%d %H:%M}"
        f" to {window.as_of:%Y-%m-%d %H:%M} UTC (build {window.build}): {window.signals} signals,"
        f" {window.failing_signals} failing, {window.unseen_signals} failing but not seen since,"
        f" {window.flaky_signals} flaky, {window.seen_once_signals} seen failing once,"
        f" {window.recovered_signals} recovered; {len(lines)} listed"
        + (f"; {window.flake_costs}" if window.flake_costs else "")
    )
    signals = [json.loads(line) for line in lines]
    if how is ListFormat.markdown:
        for line in markdown_list(screen, window, signals):
            screen.data(line)
        return
    if screen.is_terminal:
        _draw_table(screen, signals)
        return
    for signal in signals:
        screen.data("\t".join([*(printable(signal[name]) for name in _PLAIN), _plain_strip(screen, signal)]))


def _check_workflows(reader: Reader, workflows: tuple[str, ...]) -> None:
    known = [row["workflow_name"] for row in reader.rows("dim_workflows", "workflow_name", "jobs > 0")]
    for workflow in workflows:
        if workflow not in known:
            choices = f"choose from {', '.join(known)}" if known else "no job ran in it"
            raise UserError(f"no workflow {workflow!r} in the window: {choices}")


def _draw_table(screen: Screen, signals: list[dict[str, Any]]) -> None:
    room = max(30, screen.width - ID_DIGITS - len("recovered") - _STRIP - 4 * len("  "))
    # A name takes up to three fifths of the room, and its job the rest.
    for_name = min(max((cell_len(_name(signal)) for signal in signals), default=0), room * 3 // 5)
    for signal in signals:
        strip = screen.strip(signal["outcomes"][:_STRIP])
        screen.line(
            (signal["signal_id"][:ID_DIGITS], "dim"),
            "  ",
            (padded(signal["state"], len("recovered")), STATE_STYLES[signal["state"]]),
            "  ",
            strip,
            padded("", _STRIP - len(strip) + 2),
            (padded(screen.cut(_name(signal), for_name), for_name), "bold"),
            "  ",
            (screen.cut(f"{signal['workflow_name']} / {signal['job_base_name']}", room - for_name), "dim"),
        )
    if signals:
        screen.line(screen.legend())


def _plain_strip(screen: Screen, signal: dict[str, Any]) -> str:
    return screen.strip(signal["outcomes"]).plain


def _name(signal: dict[str, Any]) -> str:
    """The part of the key that differs between neighbours."""
    if signal["source"] == "job":
        return job_signal(signal["signal_key"], signal["job_base_name"])
    return printable(signal["signal_key"].rpartition("::")[2])
