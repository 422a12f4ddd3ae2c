"""`signals build`: run dbt, then write the files and the site from the finished tables."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ci_signals.build_lock import one_build
from ci_signals.console import Console
from ci_signals.damage import check_undamaged
from ci_signals.dbt_runner import CannotRunYetError, dbt_ready, run_dbt
from ci_signals.errors import NO_DATA, UserError
from ci_signals.export import EXPORTS, write_exports
from ci_signals.names import branch_ref, checked_repository, checked_server
from ci_signals.output import staged
from ci_signals.reader import Reader, open_reader
from ci_signals.settings import Settings
from ci_signals.site.dictionary import PAGE as DICTIONARY
from ci_signals.site.quality import read_checks, warn_of_quality
from ci_signals.site.render import render_site
from ci_signals.site.trace_data import has_traces
from ci_signals.store import kept_open
from ci_signals.unchanged import TRACKS, Unchanged, WholeBuild
from ci_signals.warehouse import Client, open_client, table_names
from ci_signals.window import check_finished, check_unchanged, is_finished, moment, read_window

# Tests of the project's code (dbt_project.yml says which these are): `make test` and `dbt build` run them.
# Nodes that only stand for pages cost time as well. On 24 million test rows all of these took 3 s of 14.
# dbt reads each of these patterns three times: one with a path takes 0.03 s, one with a tag 0.004 s.
_CODE_TESTS = ["tag:code", "test_type:generic,path:seeds", "test_name:accepted_values"]
_NO_NODES = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
# GitHub Actions sets it, on Enterprise hosts too.
_SERVER = "GITHUB_SERVER_URL"


@dataclass(frozen=True)
class WindowOptions:
    """What to build. None and () stand for the variables in dbt_project.yml.

    repository: OWNER/NAME. branch: its short or full name. workflows: names. hours: length of the
    window, which ends at `as_of`. as_of: as `moment` reads it. keep_history: whether commits stay in
    fct_signal_event_history when they leave the window. allow_empty: build without commits, too.
    """

    repository: str | None = None
    workflows: tuple[str, ...] = ()
    hours: int | None = None
    as_of: str | None = None
    keep_history: bool | None = None
    allow_empty: bool = False
    branch: str | None = None

    def variables(self) -> dict[str, Any]:
        """The options as dbt variables. Raises UserError for a malformed name or time."""
        variables: dict[str, Any] = {"empty_window": "allow" if self.allow_empty else "refuse"}
        if self.repository is not None:
            variables["repository"] = checked_repository(self.repository)
        if self.branch is not None:
            variables["branch_ref"] = branch_ref(self.branch)
        if self.workflows:
            variables["workflows"] = list(self.workflows)
        if self.hours is not None:
            variables["lookback_hours"] = self.hours
        if self.as_of is not None:
            variables["as_of"] = moment(self.as_of)
        return variables


def build_project(
    settings: Settings, console: Console, window: WindowOptions, select: str | None, output: Path
) -> None:
    """Run dbt build over the selected models, then write `output`.

    Without `select` a track that has neither rows nor tables is left out. Raises UserError with
    exit code 1 when a dbt test failed, 3 when there is nothing to build from, and 2 when the
    build could not run. In all cases `output` stays as it was.
    """
    started = time.monotonic()
    # not part of the window: it decides which models exist, so dbt has to parse the project again
    project_vars = {} if window.keep_history is None else {"keep_history": window.keep_history}
    variables = window.variables() | {"is_selection": bool(select)}
    if _SERVER in os.environ and "server_url" not in settings.chosen_vars:
        variables["server_url"] = checked_server(_SERVER, os.environ[_SERVER])
    with kept_open(settings.store) if settings.is_embedded else nullcontext(), one_build(settings):
        with open_client(settings, whole=False) as client:
            _check_raw_tables(settings, client)
            left_out = [] if select or window.allow_empty else _tracks_without_rows(settings, client)
            whole = WholeBuild(settings, project_vars, variables, left_out)
            unchanged = Unchanged() if select else whole.unchanged(client)
        for track in unchanged.tracks:
            console.say(
                f"the {track} track stays: no rows, options or models of it have changed since it was built"
            )
        if len(left_out) + len(unchanged.tracks) < len(TRACKS):
            with dbt_ready():
                _run_dbt(settings, console, variables, project_vars, select, left_out, unchanged)
            if not select:
                with open_client(settings, whole=False) as client:
                    whole.remember(client)
            console.say(f"dbt build: {time.monotonic() - started:.1f} s")
        for track in left_out:
            console.say(f"the {track} track is left out: nothing of it is loaded")
        _warn_of_workflows(settings, console, window.workflows)
        if select and not _is_whole(settings):
            console.warn(
                "only some models of this window were built: the site and the files stay as they were"
            )
            return
        render_output(settings, console, output)


def _run_dbt(
    settings: Settings,
    console: Console,
    variables: dict[str, Any],
    project_vars: dict[str, Any],
    select: str | None,
    left_out: list[str],
    unchanged: Unchanged,
) -> None:
    """Run dbt build over what is selected, or over all but the tracks left out and what is unchanged."""
    tracks = [f"tag:{track}" for track in [*left_out, *unchanged.tracks]]
    command = ["build", *_NO_NODES, "--exclude", *_CODE_TESTS, *tracks]
    if select:
        # run a data test only when everything it reads is built
        command += ["--indirect-selection", "buildable", "--select", select]
    else:
        command += unchanged.options
    run = partial(
        run_dbt,
        settings,
        console=console,
        window=variables,
        project_vars=project_vars,
        contracts_hold=unchanged.contracts_hold,
    )
    try:
        run(command)
    except CannotRunYetError as error:
        at = command.index("--indirect-selection")
        command = [*command[:at], *error.nodes, *command[at:]]
        run(command)
        nodes = ", ".join(error.nodes)
        console.warn(f"left out, since they read models that are neither built nor chosen: {nodes}")


def render_output(settings: Settings, console: Console, output: Path) -> None:
    """Write the exported files and the site to `output` from the tables that were built.

    `output` shows the earlier build until this one is complete.
    """
    started = time.monotonic()
    with open_reader(settings) as reader:
        check_finished(reader)
        window = read_window(reader)
        checks = read_checks(reader)
        with staged(output) as stage, ThreadPoolExecutor(1) as beside:
            # files take as long as pages, and each keeps one core busy
            exports = beside.submit(_write_exports, settings, console, stage)
            render_site(reader, stage, console, checks, settings.manifest)
            exports.result()
            has_dictionary = (stage / DICTIONARY).exists()
            check_unchanged(reader, window)
        if not has_dictionary:
            (output / DICTIONARY).unlink(missing_ok=True)
        warn_of_quality(checks, console)
    if window and not window.commits:
        console.warn("no data: the window has no commits, and the pages say so")
    build = f", build {window.build}" if window else ""
    console.say(f"site: {output / 'index.html'}{build} ({time.monotonic() - started:.1f} s)")


def _write_exports(settings: Settings, console: Console, stage: Path) -> None:
    with open_client(settings, whole=False) as client:
        write_exports(Reader(client, settings.database), stage, console)


def _is_whole(settings: Settings) -> bool:
    """Whether there are tables to write files or pages from, all of one build."""
    with open_reader(settings) as reader:
        has_files = any(reader.has(export.table) for export in EXPORTS)
        return is_finished(reader) and (has_files or has_traces(reader))


def _check_raw_tables(settings: Settings, client: Client) -> None:
    """Raise UserError when the embedded store lost raw rows. Other tables are made anew."""
    if settings.is_embedded:
        check_undamaged(client, {settings.project_vars[name] for name in ("ci_database", "load_database")})


# The raw tables of a track (database, name: variables or names), and a model that shows that it was built.
_TRACKS = (
    ("signals", "ci_database", ("push_table", "workflow_job_table", "test_run_table"), "int_window"),
    ("compile", "load_database", ("trace_loads",), "dim_traces"),
)


def _tracks_without_rows(settings: Settings, client: Client) -> list[str]:
    """The tracks that have no rows and were never built: they would only make empty tables.

    Raises UserError when no track has rows or tables.
    """
    with_rows = (
        "select count() from system.tables where database = {database:String}"
        " and name in {names:Array(String)} and (total_rows is null or total_rows > 0)"
    )
    built, empty = table_names(client, settings.database), []
    for track, database, names, model in _TRACKS:
        raw = {
            "database": settings.project_vars[database],
            "names": [settings.project_vars.get(name, name) for name in names],
        }
        if model not in built and not client.query(with_rows, parameters=raw).first_row[0]:
            empty.append(track)
    if len(empty) == len(_TRACKS):
        raise UserError(
            "no data: nothing is loaded; start with signals load ci or signals load trace", NO_DATA
        )
    return empty


def _warn_of_workflows(settings: Settings, console: Console, workflows: tuple[str, ...]) -> None:
    """Warn of a workflow that has no jobs in the window."""
    if not workflows:
        return
    with open_reader(settings) as reader:
        if reader.has("dim_workflows"):
            there = [row["workflow_name"] for row in reader.rows("dim_workflows", "workflow_name")]
            for workflow in workflows:
                if workflow not in there:
                    console.warn(f"no jobs of workflow {workflow} in the window")
