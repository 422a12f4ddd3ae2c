"""`signals list`: the signals of the last build, what needs a look first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.printable import printable, printable_json
from ci_signals.settings import Settings
from ci_signals.terminal import queries
from ci_signals.terminal.reading import json_lines, open_reports, parse, window_row
from ci_signals.terminal.screen import Screen, padded
from ci_signals.warehouse import Client

# Enough of an id to name a signal: 4 bytes, and `signals show` says when it is not.
ID_DIGITS = 8
STATE_STYLES = {"failing": "bold red", "flaky": "yellow", "recovered": "green"}
_STRIP = 24
_PLAIN = ("signal_id", "state", "workflow_name", "job_base_name", "signal_key")


@dataclass(frozen=True)
class Choice:
    """Which signals to list. failing and flaky: those that are either. workflows: any of
    these. All of them when nothing is chosen."""

    failing: bool = False
    flaky: bool = False
    workflows: tuple[str, ...] = ()


def print_list(settings: Settings, console: Console, choice: Choice, as_json: bool) -> None:
    """Print the chosen signals: those failing now first (last broken on top), then flaky, then recovered.

    A table on a terminal. Elsewhere a line each, parted by tabs: id, state, workflow,
    base name, key, outcomes. `as_json`: an object a line. Raises UserError when there
    is no build, or no such workflow in it.
    """
    with open_reports(settings) as client:
        _check_workflows(client, choice.workflows)
        parameters = {
            "failing": choice.failing,
            "flaky": choice.flaky,
            "workflows": list(choice.workflows),
        }
        lines = json_lines(client, queries.with_columns(queries.LIST), parameters)
        window = window_row(client)
    screen = Screen()
    if as_json:
        for line in lines:
            screen.data(printable_json(line))
        return
    console.say(
        "{repository}, {commits} commits, {starts_at} to {as_of} UTC: {signals} signals,"
        " {failing_signals} failing, {flaky_signals} flaky, {recovered_signals} recovered".format(**window)
        + f"; {len(lines)} listed"
    )
    if screen.is_terminal:
        _draw_table(screen, parse(lines))
    else:
        for signal in parse(lines):
            screen.data(
                "\t".join([*(printable(signal[name]) for name in _PLAIN), _plain_strip(screen, signal)])
            )


def _check_workflows(client: Client, workflows: tuple[str, ...]) -> None:
    known = [name for (name,) in client.query(queries.WORKFLOWS).result_rows] if workflows else []
    for workflow in workflows:
        if workflow not in known:
            choices = f"choose from {', '.join(known)}" if known else "no job ran in it"
            raise UserError(f"no workflow {workflow!r} in the window: {choices}")


def _draw_table(screen: Screen, signals: list[dict[str, Any]]) -> None:
    room = max(30, screen.width - ID_DIGITS - len("recovered") - _STRIP - 4 * len("  "))
    # A name takes what it needs up to three fifths of the room, its job what is left.
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
    """The part of the key that tells a signal from its neighbours."""
    return (
        "the job itself" if signal["source"] == "job" else printable(signal["signal_key"].rpartition("::")[2])
    )
