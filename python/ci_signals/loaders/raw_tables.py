"""The raw tables that loaders fill; their DDL is in macros/raw."""

from __future__ import annotations

import json

from ci_signals.console import Console
from ci_signals.dbt_runner import run_dbt
from ci_signals.errors import UserError
from ci_signals.loaders.raw_macros import create_raw_tables
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, table_names

# The table comment that macros/raw writes.
OURS = "made by ci_signals"
_CI_VARS = ("push_table", "workflow_job_table", "test_run_table")


def ensure_load_tables(settings: Settings, console: Console, client: Client, names: list[str]) -> None:
    """Create the tables of load_database when one of `names` is missing."""
    _ensure(settings, console, client, {"load": names})


def ensure_ci_tables(settings: Settings, console: Console, client: Client) -> None:
    """Create the missing tables among those that `signals load ci` fills.

    Raises UserError on a server when some exist that this project did not create: then a
    missing one means that a variable has the wrong name.
    """
    _ensure(settings, console, client, {"ci": _ci_tables(settings), "load": ["rejected_rows"]})


def ensure_github_tables(settings: Settings, console: Console, client: Client) -> None:
    """As ensure_ci_tables, and the table of runs."""
    own = ["rejected_rows", "workflow_run"]
    _ensure(settings, console, client, {"ci": _ci_tables(settings), "load": own})


def check_test_rows_are_ours(settings: Settings) -> None:
    """Raise UserError when models read test rows of another database, where nothing is loaded."""
    if settings.project_vars["test_run_database"]:
        raise UserError(
            "test rows are read from test_run_database, where nothing is loaded: unset the variable"
        )


def _ci_tables(settings: Settings) -> list[str]:
    # of others, where test_run_database names another database
    elsewhere = {"test_run_table"} if settings.project_vars["test_run_database"] else set[str]()
    return [str(settings.project_vars[name]) for name in _CI_VARS if name not in elsewhere]


def _ensure(settings: Settings, console: Console, client: Client, wanted: dict[str, list[str]]) -> None:
    kinds = []
    for kind, tables in wanted.items():
        database = str(settings.project_vars[f"{kind}_database"])
        there = table_names(client, database)
        missing = [table for table in tables if table not in there]
        if not missing:
            continue
        kinds.append(kind)
        strangers = client.query(
            "select name from system.tables where database = {database:String}"
            " and name in {names:Array(String)} and comment != {ours:String} order by name",
            parameters={"database": database, "names": tables, "ours": OURS},
        ).result_rows
        if kind == "ci" and strangers and not settings.is_embedded:
            raise UserError(
                f"{database} has {strangers[0][0]}, which is not ours, but no {', '.join(missing)}:"
                f" nothing is made there; set the variables that name the tables ({', '.join(_CI_VARS)})"
            )
    if kinds and settings.is_embedded:
        create_raw_tables(settings, client, kinds)
    elif kinds:
        arguments = json.dumps({"kinds": kinds})
        run_dbt(settings, ["run-operation", "create_raw_tables", "--args", arguments], console)
