"""`signals diff --vars`: build one window under two sets of variables, and say what differs."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.build_lock import one_build
from ci_signals.console import Console
from ci_signals.dbt_runner import dbt_ready, environment, run_dbt
from ci_signals.errors import UserError
from ci_signals.export import EXPORTS, write_export
from ci_signals.reader import open_reader
from ci_signals.settings import Settings
from ci_signals.terminal.diff import Side, print_diff
from ci_signals.terminal.reports import open_reports
from ci_signals.warehouse import open_client, query_reason, table_names
from ci_signals.window import Window

_FILES = [export for export in EXPORTS if export.name in {"signals.jsonl", "incidents.jsonl"}]
_COMMAND = [
    *("build", "--select", *(f"+{export.table}" for export in _FILES)),
    *(word for kind in ("exposure", "test", "unit_test") for word in ("--exclude-resource-type", kind)),
]


def print_policy_diff(settings: Settings, console: Console, chosen: Sequence[str], as_json: bool) -> bool:
    """Print which cells, signals and incidents of the last build's window two sets of variables change.

    chosen: one or two texts like `--vars`; one alone is compared with the project's variables.
    Each set is built into a database of its own beside the finished tables, which is dropped
    afterwards. Returns whether anything changes. Raises UserError when nothing was built, a
    variable is unknown, or a build fails.
    """
    if len(chosen) > 2:
        raise UserError("diff --vars compares two sets of variables: give it once or twice")
    sides = [_with_vars(settings, text) for text in (["{}", *chosen] if len(chosen) == 1 else chosen)]
    with open_reports(settings) as (_, window):
        variables = _window_variables(window)
    with tempfile.TemporaryDirectory(prefix="signals-diff-") as folder:
        written = []
        with dbt_ready(), one_build(settings):
            for name, side in zip(("before", "after"), sides, strict=True):
                others = {key: value for key, value in side.chosen_vars.items() if key != "keep_history"}
                console.say(f"{name}: {json.dumps(others) if others else 'as the project says'}")
                written.append(_build(side, console, name, variables, Path(folder) / name))
        return print_diff(console, written[0], written[1], as_json)


def _with_vars(settings: Settings, text: str) -> Settings:
    """The settings with further variables, which override those of --vars and SIGNALS_VARS."""
    more = replace(settings, vars=text).chosen_vars
    return replace(settings, vars=yaml.safe_dump(settings.chosen_vars | more | {"keep_history": False}))


def _window_variables(window: Window) -> dict[str, Any]:
    """The variables that choose the same window again."""
    return {
        "repository": window.repository,
        "branch_ref": window.branch_ref,
        "server_url": window.server_url,
        "workflows": window.workflows,
        "lookback_hours": window.lookback_hours,
        "as_of": window.as_of.replace(tzinfo=None).isoformat(),
        "empty_window": "allow",
    }


def _build(settings: Settings, console: Console, name: str, variables: dict[str, Any], folder: Path) -> Side:
    """Build one side and write its files to `folder`, which is made."""
    folder.mkdir()
    database = f"{settings.database}_diff_{name}"
    ours = {
        "SIGNALS_DATABASE": database,
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder / "logs"),
    }
    with environment(ours):
        side = replace(settings)  # reads the profile anew
        if side.database != database:
            raise UserError("diff --vars needs a profile whose schema is env_var('SIGNALS_DATABASE')")
        with _scratch(side, database):
            run_dbt(side, _COMMAND, console, variables, writes_manifest=False)
            with open_reader(side) as reader:
                written = {export.name: write_export(reader, export, folder) for export in _FILES}
    return Side(written["signals.jsonl"], written["incidents.jsonl"])


@contextmanager
def _scratch(settings: Settings, database: str) -> Iterator[None]:
    """Drop the database after the block, and before it what a killed command left."""
    _drop(settings, database)
    try:
        yield
    finally:
        _drop(settings, database)


def _drop(settings: Settings, database: str) -> None:
    with open_client(settings, whole=False) as client:
        tables = table_names(client, database)
        if tables and "int_window" not in tables:
            raise UserError(f"the database {database} is not empty, and diff --vars would drop it")
        try:
            client.command(f"drop database if exists `{database}`")
        except ClickHouseError as error:
            raise UserError(
                f"cannot drop the database {database}: {query_reason(settings, error)}"
            ) from error
