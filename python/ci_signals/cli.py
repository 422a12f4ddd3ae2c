"""The command line. A command takes its options and makes one library call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from ci_signals import __version__, cli_terminal, cli_traces, cli_unload
from ci_signals.console import Console
from ci_signals.query_format import QueryFormat
from ci_signals.settings import Settings, find_project, own_project

app = typer.Typer(
    help="CI signals and torch.compile reports, extracted in SQL on ClickHouse.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
load_app = typer.Typer(help="Load raw data into the warehouse.", no_args_is_help=True)
app.add_typer(load_app, name="load")
app.add_typer(cli_unload.app, name="unload")
app.add_typer(cli_terminal.app)
app.add_typer(cli_traces.app)

Paths = Annotated[list[Path], typer.Argument(help="Files, or folders of them.", show_default=False)]
Output = Annotated[
    Path, typer.Option("--output", "-o", help="Folder for the site, signals.jsonl and the other files.")
]
TraceName = Annotated[
    str | None, typer.Option("--name", help="Name of the trace; by default the name of the file or folder.")
]

Run = Annotated[
    str | None,
    typer.Option(
        help="One run of the trace, kept beside its other runs; auto names it by the log's time.",
        show_default="the only one",
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option(help="KEY=VALUE, such as commit=abc; repeat the option for several.", show_default=False),
]


@dataclass(frozen=True)
class Context:
    """What the callback passes to the commands."""

    settings: Settings
    console: Console


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
        Path | None,
        typer.Option(help="Folder of the dbt project; by default the current one, or one above it."),
    ] = None,
    vars: Annotated[
        str | None,
        typer.Option(
            "--vars",
            help="dbt variables: YAML such as '{ci_database: prod}', or @FILE. SIGNALS_VARS sets them too.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Show dbt's command and output.")] = False,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options that every command takes; give them before the command's name."""
    # init writes a project, so SIGNALS_PROJECT_DIR may name one that does not exist yet
    project = own_project() if context.invoked_subcommand == "init" else find_project(project_dir)
    settings = Settings(project, target, quiet, verbose, vars)
    context.obj = Context(settings, Console(quiet, verbose))


@app.command()
def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.", show_default=False)],
) -> None:
    """Copy the dbt project, its profile and some sample data to a folder, for you to edit."""
    from ci_signals.project import write_project

    write_project(context.obj.settings.project_dir, folder, context.obj.console)


@load_app.command("ci")
def load_ci_command(context: typer.Context, paths: Paths) -> None:
    """Load rows of push, workflow_job and test_run_s3. The file's name says which table it belongs to.

    Files are JSON lines or Parquet, plain, .gz or .zst. Rows that are already loaded are skipped.
    """
    from ci_signals.loaders.ci import load_ci

    load_ci(context.obj.settings, context.obj.console, paths)


@load_app.command("github")
def load_github_command(
    context: typer.Context,
    paths: Paths,
    repo: Annotated[
        str | None,
        typer.Option(help="Repository, OWNER/NAME, of documents that name none.", show_default=False),
    ] = None,
    branch: Annotated[str, typer.Option(help="Branch that commits of a listing are on.")] = "main",
) -> None:
    """Load GitHub's own documents: webhook deliveries and answers of the REST API, as they were recorded.

    Deliveries of push, workflow_job and workflow_run; jobs, runs, commits and activity, in pages or
    single. Files are JSON, plain, .gz or .zst, with any name; what a document is, its content tells.
    """
    from ci_signals.loaders.github import load_github

    load_github(context.obj.settings, context.obj.console, paths, repo, branch)


@load_app.command("trace")
def load_trace_command(
    context: typer.Context,
    paths: Paths,
    name: TraceName = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a line was set aside.")] = False,
    run: Run = None,
    label: Labels = None,
) -> None:
    """Load torch.compile logs (TORCH_TRACE) or their intermediate files as one named trace.

    Files are plain, .gz or .zst. In a folder the command looks for *.log, or for
    compilation_metrics.jsonl with guards.jsonl and string_table.json. Loading a name again
    replaces that trace, or its run of that name (docs/compile-runs.md).
    """
    from ci_signals.loaders.trace import load_trace
    from ci_signals.loaders.trace_runs import run_options

    options = run_options(run, label or ())
    load_trace(context.obj.settings, context.obj.console, paths, name, strict, options)


@load_app.command("junit")
def load_junit_command(
    context: typer.Context,
    paths: Paths,
    job: Annotated[int | None, typer.Option(min=1, help="Id of the job that all the reports are of.")] = None,
    path: Annotated[
        str | None,
        typer.Option(
            help="How paths name the job, such as '{artifact}-{job_id}/**'."
            " Placeholders: job_id, run_id, run_attempt, job_name, artifact.",
            show_default="job-<id> in any part",
        ),
    ] = None,
) -> None:
    """Load JUnit reports: XML files, folders, or zips as artifacts are downloaded.

    A report's job is named by --job, its path, or a ci_signals.json beside it. It waits until
    that job is loaded and has ended. Testcases that are already loaded are skipped.
    """
    from ci_signals.loaders.junit import load_junit

    load_junit(context.obj.settings, context.obj.console, paths, job, path)


@app.command("junit-tag")
def junit_tag(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Folder of the reports.")] = Path(),
    check_run_id: Annotated[
        str, typer.Option(help="Id of the job, ${{ job.check_run_id }}; empty for run, attempt and name.")
    ] = "",
) -> None:
    """Inside a job of GitHub Actions, write ci_signals.json: which job the reports beside it are of."""
    from ci_signals.junit_tag import tag_reports

    tag_reports(context.obj.console, folder, check_run_id)


@app.command()
def build(
    context: typer.Context,
    repo: Annotated[
        str | None, typer.Option(help="Repository, OWNER/NAME.", show_default="pytorch/pytorch")
    ] = None,
    workflow: Annotated[
        list[str] | None,
        typer.Option(help="Workflow to read; repeat the option for several.", show_default="all"),
    ] = None,
    hours: Annotated[int | None, typer.Option(min=1, help="Length of the window.", show_default="24")] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="End of the window: ISO 8601 (UTC without a zone), a date, yesterday, -6h,"
            " or latest, the time of the newest row.",
            show_default="now",
        ),
    ] = None,
    output: Output = Path("site"),
    select: Annotated[
        str | None,
        typer.Option(help="dbt selector, such as tag:signals or tag:compile.", show_default="everything"),
    ] = None,
    keep_history: Annotated[
        bool | None,
        typer.Option(
            "--keep-history/--no-history",
            help="Keep the events of commits that leave the window (docs/scale-out.md).",
            show_default="var keep_history, on",
        ),
    ] = None,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="Build a window without commits, too.")
    ] = False,
    branch: Annotated[
        str | None, typer.Option(help="Branch whose commits count.", show_default="main")
    ] = None,
) -> None:
    """Run dbt build, then write signals.jsonl, the other files and the site from the finished tables."""
    from ci_signals.build import WindowOptions, build_project

    window = WindowOptions(repo, tuple(workflow or ()), hours, as_of, keep_history, allow_empty, branch)
    build_project(context.obj.settings, context.obj.console, window, select, output)


@app.command()
def render(context: typer.Context, output: Output = Path("site")) -> None:
    """Write signals.jsonl, the other files and the site from the finished tables, without running dbt."""
    from ci_signals.build import render_output

    render_output(context.obj.settings, context.obj.console, output)


@app.command()
def report(
    context: typer.Context,
    paths: Paths,
    name: TraceName = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Folder for the pages.", show_default="site; report with --once"),
    ] = None,
    opens: Annotated[bool, typer.Option("--open", help="Open the trace's page in the browser.")] = False,
    once: Annotated[
        bool,
        typer.Option("--once", help="Work in a store of its own and keep nothing but the pages."),
    ] = False,
    run: Run = None,
    label: Labels = None,
) -> None:
    """From a torch.compile log to its pages: load trace, build and render in one step.

    Takes the same files as load trace. The trace is added to the store and to the site; with
    --once it is alone.
    """
    from ci_signals.loaders.trace_runs import run_options
    from ci_signals.report import open_page, report_trace

    folder = output or Path("report" if once else "site")
    options = run_options(run, label or ())
    page = report_trace(context.obj.settings, context.obj.console, paths, name, folder, once, options)
    if opens:
        open_page(page, context.obj.console)


@app.command()
def sql(
    context: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            help="A SELECT; - reads it from standard input, @FILE from a file."
            " Table names without a database are models."
        ),
    ],
    format: Annotated[
        QueryFormat | None,
        typer.Option(help="How to print the rows.", show_default="the query's own FORMAT, or table"),
    ] = None,
) -> None:
    """Run one read-only query on the warehouse and print its rows."""
    from ci_signals.query import print_query

    print_query(context.obj.settings, query, format)
