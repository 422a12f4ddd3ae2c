"""`signals incidents`: signals that broke together, who can have done it, and what to run next."""

from __future__ import annotations

import json
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.export import INCIDENT
from ci_signals.printable import printable, printable_json
from ci_signals.settings import Settings
from ci_signals.terminal.markdown import escaped, linked
from ci_signals.terminal.reports import open_reports
from ci_signals.terminal.screen import Screen, counted, to_the_minute
from ci_signals.window import Window

_STYLES = {"red": "bold red", "fixed": "green"}


def print_incidents(
    settings: Settings, console: Console, only_red: bool, as_json: bool, markdown: bool
) -> int:
    """Print the incidents of the last build, red ones first; returns how many are red.

    On a terminal each has a few lines. Elsewhere it is one line per incident, separated by tabs:
    id, status, broken since, signals, workflows, first suspect, its probability. `as_json`: print
    the lines of incidents.jsonl. `markdown`: print a list for a job summary or a chat. Raises
    UserError when no incidents were built.
    """
    with open_reports(settings) as (reader, window):
        if not reader.has("export_incidents"):
            raise UserError("there are no incidents yet: run signals build")
        where = "status = 'red' or not {only_red:Bool}"
        lines = reader.json_lines(INCIDENT, "export_incidents", "incident_number", where, only_red=only_red)
    incidents: list[dict[str, Any]] = [json.loads(line) for line in lines]
    red: int = sum(incident["status"] == "red" for incident in incidents)
    screen = Screen()
    if as_json:
        for line in lines:
            screen.data(printable_json(line))
        return red
    console.say(
        f"{window.repository}, {window.commits} commits, to {window.as_of:%Y-%m-%d %H:%M} UTC"
        f" (build {window.build}):"
        f" {counted(len(incidents), 'incident')}, {red} red"
        + (f"; {window.flake_costs}" if window.flake_costs else "")
    )
    for incident in incidents:
        if markdown:
            screen.data(_markdown(incident, window))
        elif screen.is_terminal:
            _draw(screen, incident, window)
        else:
            screen.data("\t".join(map(printable, _columns(incident))))
    if markdown and not incidents:
        screen.data("No signal broke.")
    return red


def _columns(incident: dict[str, Any]) -> list[str]:
    first = incident["suspects"][0] if incident["suspects"] else {"head_sha": "", "probability": 0}
    return [
        incident["incident_id"],
        incident["status"],
        incident["broke_at"],
        str(incident["signal_count"]),
        ",".join(workflow["workflow_name"] for workflow in incident["workflows"]),
        first["head_sha"],
        f"{first['probability']:.3f}",
    ]


def _draw(screen: Screen, incident: dict[str, Any], window: Window) -> None:
    screen.line(
        (incident["status"], _STYLES[incident["status"]]),
        f"  {_signals(incident)}  {_since(incident)}  ",
        (f"id {incident['incident_id']}", "dim"),
    )
    for suspect in incident["suspects"]:
        screen.line(
            f"  {percent(suspect['probability']):>4}  ",
            (suspect["head_sha"][:9], "cyan"),
            f"  {screen.cut(suspect['title'], max(20, screen.width - 50))}  ",
            (suspect["author"], "dim"),
        )
        screen.line("        ", (_link(suspect, window), "dim"))
    for run in incident["next_runs"]:
        screen.line("  next: ", _next_run(run), "  ", (_run_link(run, window), "dim"))
    for signal in incident["signals"][:3]:
        screen.line("  ", (screen.cut(signal["key"], screen.width - 4), "dim"))
    if incident["signal_count"] > 3:
        screen.line((f"  and {incident['signal_count'] - 3} more", "dim"))
    screen.line()


def _markdown(incident: dict[str, Any], window: Window) -> str:
    lines = [f"- **{incident['status']}**: {escaped(_signals(incident))}, {escaped(_since(incident))}"]
    for suspect in incident["suspects"]:
        lines.append(
            f"  - {percent(suspect['probability'])} {linked(suspect['head_sha'][:9], _link(suspect, window))}"
            f" {escaped(suspect['title'])} ({escaped(suspect['author'])})"
        )
    for run in incident["next_runs"]:
        lines.append(f"  - next: {linked(escaped(_next_run(run)), _run_link(run, window))}")
    return "\n".join(lines)


def percent(probability: float) -> str:
    """A probability for people. It is never 100 %."""
    return ">99%" if probability > 0.99 else f"{probability:.0%}"


def _signals(incident: dict[str, Any]) -> str:
    parts = [f"{workflow['workflow_name']} {workflow['signals']}" for workflow in incident["workflows"]]
    return f"{counted(incident['signal_count'], 'signal')} ({', '.join(parts)})"


def _since(incident: dict[str, Any]) -> str:
    hours, minutes = divmod(incident["broken_minutes"], 60)
    lasted = f"{hours} h {minutes:02} min"
    if incident["is_older"]:
        return f"broken since before the window ({lasted} of it)"
    since = f"since {to_the_minute(incident['broke_at'])}, {lasted}"
    if incident["fixed_sha"]:
        how = "the revert" if incident["fixed_sha"] == incident["revert_sha"] else "fixed by"
        since += f", {how} {incident['fixed_sha'][:9]}"
    return since


def _next_run(run: dict[str, Any]) -> str:
    verb = "wait for" if run["is_running"] else "run"
    left = f"{run['suspects_left']:.1f}".removesuffix(".0")
    return (
        f"{verb} {run['workflow_name']} / {run['job_base_name']} on {run['head_sha'][:9]}"
        f" (leaves {left} suspect{'' if left == '1' else 's'})"
    )


def _link(suspect: dict[str, Any], window: Window) -> str:
    if suspect["pull_request"]:
        return window.link("pull", suspect["pull_request"])
    return window.link("commit", suspect["head_sha"])


def _run_link(run: dict[str, Any], window: Window) -> str:
    return window.link("actions", "runs", run["wf_run_id"])
