"""The command line: options in, one library call, an exit code out."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from ci_signals import __version__, cli_terminal
from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.query_format import QueryFormat
from ci_signals.settings import Settings, find_project, own_project
from ci_signals.stopping import Stopped, stop_on_signals

app = typer.Typer(
    help="CI signals and torch.compile reports, extracted in SQL on ClickHouse.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
load_app = typer.Typer(help="Load raw data into the warehouse.", no_args_is_help=True)
app.add_typer(load_app, name="load")
app.add_typer(cli_terminal.app)

Paths = Annotated[list[Path], typer.Argument(help="Files, or folders of them.", show_default=False)]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="Folder for the site, signals.jsonl and the other files.")
]


class Context:
    """What the callback hands to the commands."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self.settings = settings
        self.console = console


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"signals {__version__}")
        raise typer.Exit


@app.callback()
def common(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Option(help="Output of profiles.yml to use: embedded, server or cloud.")
    ] = None,
    project_dir: Annotated[
        Path | None, typer.Option(help="Folder of the dbt project, when it is not this one.")
    ] = None,
    vars: Annotated[
        str | None,
        typer.Option(
            "--vars", help="dbt variables, YAML or @FILE, as '{ci_database: prod}'; or set SIGNALS_VARS."
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show dbt's command and output.")] = False,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that every command takes; give them before the command's name."""
    # init has to work where the project that is named does not exist yet
    project = own_project() if context.invoked_subcommand == "init" else find_project(project_dir)
    settings = Settings(project, target, quiet, verbose, vars)
    context.obj = Context(settings, Console(quiet, verbose))


@app.command()
def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", show_default=False)],
) -> None:
    """Write the dbt project with its profile and some sample data to a folder, to edit it there."""
    from ci_signals.project import write_project

    write_project(context.obj.settings.project_dir, folder, context.obj.console)


@load_app.command("ci")
def load_ci_command(context: typer.Context, paths: Paths) -> None:
    """Load rows of push, workflow_job and test_run_s3; the table is told by the file's name.

    JSON lines or Parquet, plain, .gz or .zst. Rows that are there already are not loaded again.
    """
    from ci_signals.loaders.ci import load_ci

    load_ci(context.obj.settings, context.obj.console, paths)


@load_app.command("trace")
def load_trace_command(
    context: typer.Context,
    paths: Paths,
    name: Annotated[
        str | None, typer.Option(help="The trace's name; by default the file's or the folder's.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when lines were set aside.")] = False,
) -> None:
    """Load torch.compile logs (TORCH_TRACE) or their intermediate files as one named trace.

    Plain, .gz or .zst; a folder is searched for *.log, or for compilation_metrics.jsonl with
    guards.jsonl and string_table.json. Loading a name again replaces that trace.
    """
    from ci_signals.loaders.trace import load_trace

    load_trace(context.obj.settings, context.obj.console, paths, name, strict)


@app.command()
def build(
    context: typer.Context,
    repo: Annotated[
        str | None, typer.Option(help="Repository, OWNER/NAME.", show_default="pytorch/pytorch")
    ] = None,
    workflow: Annotated[
        list[str] | None, typer.Option(help="Workflow to read; give it again for more.", show_default="all")
    ] = None,
    hours: Annotated[int | None, typer.Option(min=1, help="Length of the window.", show_default="24")] = None,
    as_of: Annotated[
        str | None, typer.Option(help="End of the window, ISO 8601 (UTC unless it says).", show_default="now")
    ] = None,
    output: Output = Path("site"),
    select: Annotated[
        str | None,
        typer.Option(help="dbt selector, as tag:signals or tag:compile.", show_default="everything"),
    ] = None,
    keep_history: Annotated[
        bool | None,
        typer.Option(
            "--keep-history/--no-history",
            help="Keep the events of commits that leave the window (docs/scale-out.md).",
            show_default="var keep_history, off",
        ),
    ] = None,
) -> None:
    """Run dbt build, then write signals.jsonl, the other files and the site from the finished tables."""
    from ci_signals.build import WindowOptions, build_project

    window = WindowOptions(repo, tuple(workflow or ()), hours, as_of, keep_history)
    build_project(context.obj.settings, context.obj.console, window, select, output)


@app.command()
def render(context: typer.Context, output: Output = Path("site")) -> None:
    """Write signals.jsonl, the other files and the site from the finished tables, without running dbt."""
    from ci_signals.build import render_output

    render_output(context.obj.settings, context.obj.console, output)


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="A SELECT; unqualified tables are the models.")],
    format: Annotated[QueryFormat, typer.Option(help="How to print the rows.")] = QueryFormat.table,
) -> None:
    """Run one read-only query on the warehouse and print its rows."""
    from ci_signals.query import print_query

    print_query(context.obj.settings, query, format)


def main() -> None:
    """Run the command line. Exit codes: 0 ok, 1 findings or failed tests, 2 could not run;
    130 after Ctrl-C and 143 after SIGTERM."""
    _open_closed_outputs()
    with _errors_in_one_line():
        stop_on_signals()
        _refuse_broken_text()
        app()


@contextmanager
def _errors_in_one_line() -> Iterator[None]:
    try:
        try:
            yield
        finally:
            sys.stdout.flush()  # here it can still be said that the disk is full
    except UserError as error:
        _end(error.exit_code, str(error))
    except Stopped as stopped:
        _end(stopped.code, stopped.reason)
    except BrokenPipeError:
        _end(1)  # the reader has seen enough, as in `| head`
    except OSError as error:
        # where nobody knew better: a name that is too long, a full disk below --output
        _end(2, f"{error.strerror or error}: {error.filename or 'output'}")


def _open_closed_outputs() -> None:
    """After `>&-`, a file of the store would become descriptor 1 and get what is printed."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _refuse_broken_text() -> None:
    """Names of files may be any bytes; what becomes SQL may not."""
    for argument in sys.argv[1:]:
        if not (argument.isascii() or Path(argument).exists()):
            try:
                argument.encode()
            except UnicodeEncodeError as error:
                raise UserError(f"{argument!r} is neither UTF-8 nor the name of a file") from error


def _end(code: Any, reason: str = "") -> NoReturn:
    if reason:
        Console().error(reason)
    # what could not be written would be tried again at exit
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
