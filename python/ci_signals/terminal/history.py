"""`signals show`: the newest commits of a signal, and every event on them."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import groupby
from typing import Any

from ci_signals.errors import UserError
from ci_signals.printable import printable, printable_json
from ci_signals.reader import Reader, open_reader
from ci_signals.settings import Settings
from ci_signals.terminal.incidents import percent
from ci_signals.terminal.listing import STATE_STYLES
from ci_signals.terminal.reports import HISTORIES, open_reports
from ci_signals.terminal.screen import Screen, counted, to_the_minute
from ci_signals.window import Window

# The first kind of match that finds a signal counts.
_MATCHES = {
    "whole": "signal_id = {key:String} or signal_key = {key:String}",
    "id_start": "length({key:String}) >= 4 and startsWith(signal_id, lower({key:String}))",
    "key_start": "startsWith(signal_key, {key:String})",
    "inside": "positionCaseInsensitiveUTF8(signal_key, {key:String}) > 0",
}
# Of a failure's message; `signals show --json` and the pages have more.
_MESSAGE_LINES = 3
_EVENT_STYLES = {"failure": "red", "success": "green", "pending": "blue"}


def keys_from(settings: Settings, start: str) -> list[str]:
    """The first hundred keys of signals that start with `start`; none when the tables cannot be read."""
    with suppress(UserError, OSError), open_reader(settings, read_only=True) as reader:
        found = reader.rows(
            "dim_signals", "signal_key", "startsWith(signal_key, {start:String})", start=start
        )
        keys = dict.fromkeys(str(row["signal_key"]) for row in found)
        return [key for key in keys if key == printable(key)][:100]
    return []


def print_history(settings: Settings, key: str, commits: int, as_json: bool) -> None:
    """Print every signal that `key` names, with its newest `commits` commits and their events.

    `key` is a signal's key or id, or the start of one. A key in several workflows or jobs names
    all of those signals; a start must fit only one key. `as_json`: print one object per line.
    Raises UserError when no signal or several keys match, or nothing was built.
    """
    with open_reports(settings) as (reader, window):
        ids = _find(reader, key)
        lines = reader.json_lines(
            "* except (list_order, signal_number, outcomes)"
            " replace (arraySlice(commits, 1, {commits:UInt32}) as commits)",
            HISTORIES,
            "signal_number",
            "has({ids:Array(String)}, signal_id)",
            ids=ids,
            commits=commits,
        )
        gaps = {row["reason"]: row["words"] for row in reader.rows("gap_reasons", "reason")}
        states = {row["state"]: row["words"] for row in reader.rows("signal_states", "state_order")}
    screen = Screen()
    if as_json:
        for line in lines:
            screen.data(printable_json(line))
        return
    for number, line in enumerate(lines):
        if number:
            screen.line()
        _draw(screen, json.loads(line), window, gaps, states)


def _find(reader: Reader, key: str) -> list[str]:
    """Ids of the signals that `key` names."""
    closest, found = _closest(reader, key)
    ids = [row["signal_id"] for row in found]
    names = list(dict.fromkeys(row["signal_key"] for row in found))
    if (
        closest == "whole"
        or (closest == "key_start" and len(names) == 1)
        or (closest, len(ids)) == ("id_start", 1)
    ):
        return ids
    some = ", ".join(_short(name) for name in names[:3]) + (", ..." if len(names) > 3 else "")
    if closest != "inside":
        raise UserError(
            f"{_short(key)} is the start of {len(ids)} signals ({some}): give more of it, or an id"
        )
    hint = f"it is part of {some}" if names else "signals list shows all signals"
    raise UserError(f"no signal is named {_short(key)} or starts with it: {hint}")


def _closest(reader: Reader, key: str) -> tuple[str, list[dict[str, Any]]]:
    """The first kind of match that finds a signal, and the signals it finds."""
    for kind, where in _MATCHES.items():
        if found := reader.rows("export_signals", "signal_number", where, key=key):
            return kind, found
    return "inside", []


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:50]}...{name[-27:]}")


def _draw(
    screen: Screen, signal: dict[str, Any], window: Window, gaps: dict[str, str], states: dict[str, str]
) -> None:
    screen.line((signal["signal_key"], "bold"))
    screen.line(f"{signal['source']} of {signal['workflow_name']} / {signal['job_base_name']}")
    screen.line((f"id {signal['signal_id']}", "dim"))
    screen.line((states[signal["state"]], STATE_STYLES[signal["state"]]), f": {_story(signal)}")
    verdicts = counted(signal["verdict_commits"], "commit")
    screen.line(
        f"of {verdicts} with a verdict {signal['failing_commits']} failed,"
        f" {signal['flaky_commits']} both failed and passed"
    )
    if signal["verdict"]:  # none while every commit is pending
        screen.line(_chances(signal))
    if signal["lost_jobs"] or signal["is_new_flake"]:
        screen.line(_costs(signal))
    for suspect in signal["suspects"]:
        screen.line(
            f"{percent(suspect['probability']):>4}  ",
            (suspect["head_sha"][:9], "cyan"),
            f"  {screen.cut(suspect['title'], screen.width - 29)}",
        )
    screen.line()
    screen.line("newest ", screen.strip(commit["outcome"] for commit in signal["commits"]), " oldest")
    screen.line(screen.legend())
    screen.line()
    for gap, commits in groupby(signal["commits"], key=_gap):
        if gap is not None:
            _draw_gap(screen, gaps.get(gap, "no event"), list(commits))
            continue
        for commit in commits:
            _draw_commit(screen, commit, window)


def _gap(commit: dict[str, Any]) -> str | None:
    """The reason why the commit has no event; None when it has one."""
    return None if commit["events"] else str(commit["gap"])


def _draw_gap(screen: Screen, gap: str, commits: list[dict[str, Any]]) -> None:
    """One line for commits in a row that have no event for the same reason."""
    newest, oldest = commits[0]["head_sha"][:9], commits[-1]["head_sha"][:9]
    which = f"{newest} to {oldest}, {len(commits)} commits" if len(commits) > 1 else newest
    screen.line((which, "cyan"), "  ", screen.strip([""]), (f" {gap}", "dim"))


def _draw_commit(screen: Screen, commit: dict[str, Any], window: Window) -> None:
    screen.line(
        (commit["head_sha"][:9], "cyan"),
        f"  {to_the_minute(commit['committed_at'])}  {screen.cut(commit['title'], screen.width - 29)}",
    )
    for event in commit["events"]:
        screen.line(
            "  ",
            screen.statuses([event["status"]]),
            (f" {event['status']}", _EVENT_STYLES[event["status"]]),
            f"  {to_the_minute(event['started_at'])}  attempt {event['run_attempt']}  ",
            (_job_url(window, event), "dim"),
        )
        for line in event["message"].split("\n")[:_MESSAGE_LINES]:
            if line.strip():
                screen.line("      ", (screen.cut(line, screen.width - 6), "red"))


def _chances(signal: dict[str, Any]) -> str:
    """How probably a commit broke it, and how often it fails by itself."""
    low, high = signal["good_failure_rate_low"], signal["good_failure_rate_high"]
    return (
        f"{percent(signal['probability_broken'])} that a commit broke it; while it is not broken it fails"
        f" {signal['good_failure_rate']:.0%} of the time (90% interval {low * 100:.0f} to {high:.0%})"
    )


def _costs(signal: dict[str, Any]) -> str:
    """What its flakes cost, and whether they are new."""
    new = "it did not flake in the older half of the window" if signal["is_new_flake"] else ""
    jobs = counted(signal["lost_jobs"], "job")
    cost = f"nothing but flakes failed {jobs}, its share is {signal['lost_minutes']:,.0f} min"
    return "; ".join(part for part in (new, cost if signal["lost_jobs"] else "") if part)


def _story(signal: dict[str, Any]) -> str:
    words = {"failing": "failed", "flaky": "failed and passed", "passing": "passed"}
    many = signal["streak_commits"]
    streak = "newest commit" if many == 1 else f"last {many} commits"
    story = f"{words[signal['current_outcome']]} on the {streak} with a verdict"
    if signal["silent_commits"]:
        hours, minutes = divmod(signal["silent_minutes"], 60)
        silent = counted(signal["silent_commits"], "newer commit")
        story += f", none on {silent} ({hours} h {minutes} min)"
    if signal["first_failing_sha"]:
        story += f"; broke at {signal['first_failing_sha'][:9]} ({to_the_minute(signal['broke_at'])})"
        if signal["last_good_sha"]:
            suspects = counted(signal["candidate_commits"], "suspect")
            story += f", last good {signal['last_good_sha'][:9]}, {suspects}"
        if signal["fixed_sha"]:
            story += f", passed again at {signal['fixed_sha'][:9]}"
    return story


def _job_url(window: Window, event: dict[str, Any]) -> str:
    return window.link("actions", "runs", event["wf_run_id"], "job", event["job_id"])
