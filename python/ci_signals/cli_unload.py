"""The commands that remove what was loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ci_signals.errors import UserError

app = typer.Typer(help="Remove loaded data from the warehouse.", no_args_is_help=True)

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")]


@app.command("ci")
def unload_ci(
    context: typer.Context,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="Remove the rows of this file or folder; repeat for several.", show_default=False),
    ] = None,
    before: Annotated[
        str | None, typer.Option(help="Remove rows from before this date.", show_default=False)
    ] = None,
    repo: Annotated[
        str | None, typer.Option(help="As load github was told, for documents.", show_default=False)
    ] = None,
    branch: Annotated[str, typer.Option(help="As load github was told, for documents.")] = "main",
    dry_run: DryRun = False,
) -> None:
    """Remove CI rows, GitHub's documents and JUnit reports: those of a file, or those from before a date.

    The files are read again, so they have to be there, reports under the path that they were loaded
    from. Rows without a time have no date and stay.
    """
    from ci_signals.loaders.unload import unload_before, unload_files

    settings, console = context.obj.settings, context.obj.console
    if bool(file) == bool(before):
        raise UserError("unload ci takes either --file or --before")
    if file:
        unload_files(settings, console, file, repo, branch, dry_run)
    elif before:
        unload_before(settings, console, before, dry_run)


@app.command("trace")
def unload_trace_command(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the trace, or NAME/RUN.", show_default=False)],
    dry_run: DryRun = False,
) -> None:
    """Remove a trace. Its pages go with the next build."""
    from ci_signals.loaders.loaded_traces import unload_trace

    unload_trace(context.obj.settings, context.obj.console, name, dry_run)
