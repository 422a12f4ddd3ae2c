"""The commands about runs of traces: traces, traces diff, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ci_signals.errors import UserError

app = typer.Typer()
traces_app = typer.Typer(help="List the loaded traces and their runs, or remove some.")
app.add_typer(traces_app, name="traces")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]


@traces_app.callback(invoke_without_command=True)
def traces(
    context: typer.Context,
    drop: Annotated[
        list[str] | None,
        typer.Option(
            help="Remove NAME with all its runs, or NAME/RUN; repeat the option for several.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(min=1, help="Remove all but the newest N runs of each name.", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the loaded traces and their runs, newest first; with --drop or --keep, remove some.

    Their pages go with the next build.
    """
    if context.invoked_subcommand:
        if drop or keep or as_json:
            raise UserError("options of traces are of the list: write those of a command after its name")
        return
    settings, console = context.obj.settings, context.obj.console
    if drop or keep:
        from ci_signals.loaders.loaded_traces import drop_traces, keep_newest

        for name in drop or ():
            drop_traces(settings, console, name)
        if keep:
            keep_newest(settings, console, keep)
        return
    from ci_signals.terminal.traces import print_traces

    print_traces(settings, console, as_json)


@traces_app.command("diff")
def traces_diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="The earlier trace, NAME/RUN or NAME.", show_default=False)],
    after: Annotated[
        str | None, typer.Argument(help="The later trace, NAME/RUN or NAME.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Show what changed between two traces, those that cost most first. Exit with 1 if anything did.

    With one trace it is compared with the run before it. A NAME stands for its newest run.
    Compilations are matched by function, compile number and repetition, not by compile id
    (docs/compile-runs.md).
    """
    from ci_signals.terminal.traces import print_changes

    if print_changes(context.obj.settings, context.obj.console, before, after, as_json):
        raise typer.Exit(1)


@app.command()
def check(
    context: typer.Context,
    budget: Annotated[
        Path, typer.Option(help="YAML file with the limits of each trace.", show_default=False)
    ],
    allow_unknown: Annotated[
        bool,
        typer.Option("--allow-unknown", help="Warn of what cannot be told, such as a first run's median."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Check the newest run of each trace in a budget file. Exit with 1 if a budget is broken.

    It reads the last build; docs/compile-runs.md lists the limits.
    """
    from ci_signals.check import print_check

    if print_check(context.obj.settings, context.obj.console, budget, allow_unknown, as_json):
        raise typer.Exit(1)
