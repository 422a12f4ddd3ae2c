"""`signals build`: run dbt, then write the files and the site from the finished tables."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.dbt_runner import dbt_ready, run_dbt
from ci_signals.errors import UserError
from ci_signals.export import write_exports
from ci_signals.output import staged
from ci_signals.reader import Reader, open_reader
from ci_signals.settings import Settings
from ci_signals.site.dictionary import PAGE as DICTIONARY
from ci_signals.site.quality import read_checks, warn_of_quality
from ci_signals.site.render import render_site
from ci_signals.warehouse import qualified
from ci_signals.window import read_window

# Unit tests, key tests of seeds, steps and reports, and lists of the values that a model may give
# check the project's code and not the data: `make test` and `dbt build` run them. Nodes that only
# stand for pages cost time as well. On 24 million test rows all of these took 3 s of 14.
_CODE_TESTS = [
    *(
        f"test_type:generic,{nodes}"
        for nodes in (
            "path:seeds",
            "path:models/staging",
            "path:models/intermediate",
            "rpt_*",
            "page_*",
            "export_*",
            "*_history",
        )
    ),
    "test_name:accepted_values",
    "metric_keys__seed_and_types_agree",
]
_NO_NODES = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "exposure"]
_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class WindowOptions:
    """What to build. None and () stand for the variables in dbt_project.yml.

    repository: OWNER/NAME. workflows: names. hours: length of the window, which ends at
    `as_of`. as_of: ISO 8601, UTC when it names no zone. keep_history: whether commits stay in
    fct_signal_event_history when they leave the window.
    """

    repository: str | None = None
    workflows: tuple[str, ...] = ()
    hours: int | None = None
    as_of: str | None = None
    keep_history: bool | None = None

    def variables(self) -> dict[str, Any]:
        """The options as dbt variables. Raises UserError for a malformed repository or time."""
        variables: dict[str, Any] = {}
        if self.repository is not None:
            if not _REPOSITORY.fullmatch(self.repository):
                raise UserError(f"--repo {self.repository!r} is not OWNER/NAME")
            variables["repository"] = self.repository
        if self.workflows:
            variables["workflows"] = list(self.workflows)
        if self.hours is not None:
            variables["lookback_hours"] = self.hours
        if self.as_of is not None:
            variables["as_of"] = _utc(self.as_of)
        return variables


def build_project(
    settings: Settings, console: Console, window: WindowOptions, select: str | None, output: Path
) -> None:
    """Run dbt build over the selected models, then write `output`.

    Raises UserError with exit code 1 when a dbt test failed, and 2 when the build could not
    run. In both cases `output` stays as it was.
    """
    started = time.monotonic()
    command = ["build", *_NO_NODES, "--exclude", *_CODE_TESTS]
    if select:
        # run a data test only when everything it reads is built
        command += ["--indirect-selection", "buildable", "--select", select]
    # not part of the window: it decides which models exist, so dbt has to parse the project again
    project_vars = {} if window.keep_history is None else {"keep_history": window.keep_history}
    variables = window.variables()
    with dbt_ready(settings):
        run_dbt(settings, command, console, variables, project_vars)
        _check_workflows(settings, console, window.workflows)
        console.say(f"dbt build: {time.monotonic() - started:.1f} s")
        render_output(settings, console, output)


def render_output(settings: Settings, console: Console, output: Path) -> None:
    """Write the exported files and the site to `output` from the tables that were built.

    `output` shows the earlier build until this one is complete.
    """
    started = time.monotonic()
    with open_reader(settings) as reader:
        _warn_of_empty_window(reader, console)
        checks = read_checks(reader)
        with staged(output) as stage:
            write_exports(reader, stage, console)
            render_site(reader, stage, console, checks, settings.manifest)
            has_dictionary = (stage / DICTIONARY).exists()
        if not has_dictionary:
            (output / DICTIONARY).unlink(missing_ok=True)
        warn_of_quality(checks, console)
    console.say(f"site: {output / 'index.html'} ({time.monotonic() - started:.1f} s)")


def _check_workflows(settings: Settings, console: Console, workflows: tuple[str, ...]) -> None:
    """Warn of a workflow without jobs in the window. Raises UserError for one that never had a job."""
    if not workflows:
        return
    raw = qualified(settings.project_vars["ci_database"], settings.project_vars["workflow_job_table"])
    with open_reader(settings) as reader:
        if not reader.has("dim_workflows"):
            return
        there = [row["workflow_name"] for row in reader.rows("dim_workflows", "workflow_name")]
        missing = [workflow for workflow in workflows if workflow not in there]
        # no model reads rows from before the window
        found = f"select distinct workflow_name from {raw} where workflow_name in {{missing:Array(String)}}"
        known = {name for (name,) in reader.client.query(found, parameters={"missing": missing}).result_rows}
    for workflow in missing:
        if workflow not in known:
            raise UserError(f"no workflow {workflow!r}; the window has jobs of: {', '.join(there) or 'none'}")
        console.warn(f"no jobs of workflow {workflow} in the window")


def _warn_of_empty_window(reader: Reader, console: Console) -> None:
    window = read_window(reader)
    if window and not window.commits:
        console.warn(
            f"no commits of {window.repository} on {window.branch_ref}"
            f" from {window.starts_at:%Y-%m-%d %H:%M:%S} to {window.as_of:%Y-%m-%d %H:%M:%S} (UTC);"
            " load CI rows, or choose another --repo, --as-of or --hours"
        )


def _utc(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserError(f"--as-of {text!r} is not a time: write it as 2026-11-20T12:00:00") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()
