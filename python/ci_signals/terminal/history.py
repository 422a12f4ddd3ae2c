"""`signals show`: one signal's last commits, and every event on them."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from urllib.parse import quote

from ci_signals.errors import UserError
from ci_signals.printable import printable_json
from ci_signals.settings import Settings
from ci_signals.terminal import queries
from ci_signals.terminal.listing import STATE_STYLES
from ci_signals.terminal.reading import json_lines, open_reports, parse, window_row
from ci_signals.terminal.screen import Screen
from ci_signals.warehouse import Client

_GAPS = {
    "not_run": "the job did not run",
    "cancelled": "the job was cancelled",
    "skipped": "the job was skipped",
    "no_test_rows": "the job ended without a result for this test",
    "only_skipped_rows": "the test was skipped",
}
_EVENT_STYLES = {"failure": "red", "success": "green", "pending": "blue"}


def print_history(settings: Settings, key: str, commits: int, as_json: bool) -> None:
    """Print every signal that `key` names, with its newest `commits` commits and their events.

    `key` is a signal's key (of several workflows or jobs: each is printed), its id, or
    the start of either that fits one key only. `as_json`: an object a signal, one a
    line. Raises UserError when nothing fits, too much fits, or there is no build.
    """
    with open_reports(settings) as client:
        ids = _find(client, key)
        lines = json_lines(client, queries.with_columns(queries.SHOW), {"ids": ids, "commits": commits})
        repository = window_row(client)["repository"]
    screen = Screen()
    if as_json:
        for line in lines:
            screen.data(printable_json(line))
        return
    for number, signal in enumerate(parse(lines)):
        if number:
            screen.line()
        _draw(screen, signal, repository)


def _find(client: Client, key: str) -> list[str]:
    """Ids of the signals that `key` names."""
    found = client.query(queries.MATCHES, parameters={"key": key}).result_rows
    closest = found[0][2] if found else "inside"
    ids = [signal_id for signal_id, _, match in found if match == closest]
    names = list(dict.fromkeys(name for _, name, match in found if match == closest))
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
    hint = f"it is inside of {some}" if names else "signals list shows those there are"
    raise UserError(f"no signal is named {_short(key)} or starts with it: {hint}")


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:50]}...{name[-27:]}")


def _draw(screen: Screen, signal: dict[str, Any], repository: str) -> None:
    screen.line((signal["signal_key"], "bold"))
    screen.line(f"{signal['source']} of {signal['workflow_name']} / {signal['job_base_name']}")
    screen.line((f"id {signal['signal_id']}", "dim"))
    screen.line((signal["state"], STATE_STYLES[signal["state"]]), f": {_story(signal)}")
    verdicts = _count(signal["verdict_commits"], "commit")
    screen.line(
        f"of {verdicts} with a verdict {signal['failing_commits']} failed,"
        f" {signal['flaky_commits']} both failed and passed"
    )
    screen.line()
    screen.line("newest ", screen.strip(commit["outcome"] for commit in signal["commits"]), " oldest")
    screen.line(screen.legend())
    screen.line()
    for gap, commits in groupby(signal["commits"], key=_gap):
        if gap:
            _draw_gap(screen, gap, list(commits))
            continue
        for commit in commits:
            _draw_commit(screen, commit, repository)


def _gap(commit: dict[str, Any]) -> str:
    """Why the commit has no event; empty when it has one."""
    return "" if commit["events"] else _GAPS.get(commit["gap"], "no event")


def _draw_gap(screen: Screen, gap: str, commits: list[dict[str, Any]]) -> None:
    """Commits in a row without an event, for the same reason: a line together."""
    newest, oldest = commits[0]["head_sha"][:9], commits[-1]["head_sha"][:9]
    which = f"{newest} to {oldest}, {len(commits)} commits" if len(commits) > 1 else newest
    screen.line((which, "cyan"), "  ", screen.strip([""]), (f" {gap}", "dim"))


def _draw_commit(screen: Screen, commit: dict[str, Any], repository: str) -> None:
    screen.line(
        (commit["head_sha"][:9], "cyan"),
        f"  {_time(commit['committed_at'])}  {screen.cut(commit['title'], screen.width - 29)}",
    )
    for event in commit["events"]:
        screen.line(
            "  ",
            screen.statuses([event["status"]]),
            (f" {event['status']}", _EVENT_STYLES[event["status"]]),
            f"  {_time(event['started_at'])}  attempt {event['run_attempt']}  ",
            (_job_url(repository, event), "dim"),
        )


def _story(signal: dict[str, Any]) -> str:
    words = {"failing": "failed", "flaky": "failed and passed", "passing": "passed"}
    streak = _count(signal["streak_commits"], "commit")
    story = f"{words[signal['current_outcome']]} on the last {streak} with a verdict"
    if signal["first_failing_sha"]:
        story += f"; broke at {signal['first_failing_sha'][:9]} ({_time(signal['broke_at'])})"
        if signal["last_good_sha"]:
            suspects = _count(signal["candidate_commits"], "suspect")
            story += f", last good {signal['last_good_sha'][:9]}, {suspects}"
        if signal["fixed_sha"]:
            story += f", passed again at {signal['fixed_sha'][:9]}"
    return story


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _time(text: str) -> str:
    return text.replace("T", " ")[:16]


def _job_url(repository: str, event: dict[str, Any]) -> str:
    return f"https://github.com/{quote(repository)}/actions/runs/{event['wf_run_id']}/job/{event['job_id']}"
