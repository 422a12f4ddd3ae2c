"""The commands that read: list, show, incidents, diff, serve."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ci_signals.settings import Settings, find_project
from ci_signals.terminal.list_format import ListFormat

app = typer.Typer()


class Layout(StrEnum):
    """How to print for people."""

    TEXT = "text"
    MARKDOWN = "markdown"


class FailOn(StrEnum):
    """What to end with 1 for."""

    INCIDENT = "incident"


Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


@app.command("list")
def list_command(
    context: typer.Context,
    failing: Annotated[bool, typer.Option("--failing", help="Signals that fail now.")] = False,
    unseen: Annotated[
        bool, typer.Option("--unseen", help="Signals that failed last and were not seen since.")
    ] = False,
    flaky: Annotated[
        bool, typer.Option("--flaky", help="Flaky signals; with --failing or --unseen, signals that are any.")
    ] = False,
    workflow: Annotated[
        list[str] | None,
        typer.Option(help="Signals of this workflow; repeat the option for several.", show_default="all"),
    ] = None,
    as_json: Json = False,
    format: Annotated[
        ListFormat | None,
        typer.Option(
            help="How to print them; markdown is for the summary of a job on GitHub.",
            show_default="text",
        ),
    ] = None,
) -> None:
    """List the signals of the last build, with a strip of their commits, newest on the left."""
    from ci_signals.terminal.listing import Choice, print_list

    choice = Choice(failing, unseen, flaky, tuple(workflow or ()))
    chosen = format or (ListFormat.json if as_json else ListFormat.text)
    print_list(context.obj.settings, context.obj.console, choice, chosen)


def _complete_key(incomplete: str) -> list[str]:
    """Keys for the shell that start with what was typed; none when the tables cannot be read."""
    from ci_signals.terminal.history import keys_from

    return keys_from(Settings(find_project()), incomplete)


@app.command()
def show(
    context: typer.Context,
    key: Annotated[
        str,
        typer.Argument(
            help="A signal's key or id, or the start of one.",
            show_default=False,
            autocompletion=_complete_key,
        ),
    ],
    commits: Annotated[int, typer.Option(min=1, help="How many of the newest commits to show.")] = 30,
    as_json: Json = False,
) -> None:
    """Show one signal: its state, its last commits as a strip, and every event with a link to its job.

    If several workflows or jobs share the key, each of them is shown.
    """
    from ci_signals.terminal.history import print_history

    print_history(context.obj.settings, key, commits, as_json)


@app.command()
def incidents(
    context: typer.Context,
    red: Annotated[bool, typer.Option("--red", help="Incidents that are not fixed yet.")] = False,
    as_json: Json = False,
    layout: Annotated[
        Layout, typer.Option("--format", help="text, or markdown for a job summary or a chat.")
    ] = Layout.TEXT,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(help="incident: exit with 1 while an incident is red.", show_default="never"),
    ] = None,
) -> None:
    """List signals that broke together, the commits that can have done it, and what to run next.

    Each suspect has a probability (docs/incidents.md).
    """
    from ci_signals.terminal.incidents import print_incidents

    found = print_incidents(
        context.obj.settings, context.obj.console, red, as_json, layout is Layout.MARKDOWN
    )
    if found and fail_on is FailOn.INCIDENT:
        raise typer.Exit(1)


@app.command()
def diff(
    context: typer.Context,
    before: Annotated[
        Path | None, typer.Argument(help="signals.jsonl of the earlier build.", show_default=False)
    ] = None,
    after: Annotated[
        Path | None, typer.Argument(help="signals.jsonl of the later build.", show_default=False)
    ] = None,
    variables: Annotated[
        list[str] | None,
        typer.Option(
            "--vars",
            help="Build the last build's window with these variables instead, in a database of its own;"
            " give it twice to compare two sets.",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
    since: Annotated[
        str | None,
        typer.Option(
            help="What broke, was fixed or became flaky since then, without files: 24h, 7d or an ISO time.",
            show_default=False,
        ),
    ] = None,
    summary: Annotated[
        bool, typer.Option("--summary", help="With --since: only how many, by incident.")
    ] = False,
) -> None:
    """Show what changed between two builds: cells, signals and commits. Exit with 1 if anything did.

    Files may be plain, .gz or .zst. With --vars: what other policies (docs/policies.md) would change,
    incidents included. With --since, show what changed in the last build instead.
    """
    from ci_signals.errors import UserError

    if sum([bool(before or after), bool(variables), since is not None]) > 1:
        raise UserError("diff compares two files, or takes --vars, or --since: one of these")
    if summary and since is None:
        raise UserError("--summary needs --since")
    settings, console = context.obj.settings, context.obj.console
    if since is not None:
        from ci_signals.terminal.changes import print_changes

        found = print_changes(settings, console, since, as_json, summary)
    elif variables:
        from ci_signals.policies import print_policy_diff

        found = print_policy_diff(settings, console, variables, as_json)
    else:
        from ci_signals.terminal.diff import Side, print_diff

        if before is None or after is None:
            raise UserError("give the signals.jsonl of two builds, --vars, or --since 24h")
        found = print_diff(console, Side(before), Side(after), as_json)
    if found:
        raise typer.Exit(1)


@app.command()
def serve(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the site.")] = Path("site"),
) -> None:
    """Serve the site on http://127.0.0.1 until Ctrl-C; no other machine can reach it."""
    from ci_signals.serve import serve_site

    serve_site(context.obj.console, output, port)
