"""The raw tables that loaders fill; their DDL is in macros/raw."""

from __future__ import annotations

from ci_signals.console import Console
from ci_signals.dbt_runner import run_dbt
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, has_table


def ensure_raw_tables(settings: Settings, console: Console, client: Client, tables: list[str]) -> None:
    """Make the raw tables when one of `tables` ("database.table") is missing."""
    if all(has_table(client, *table.split(".", 1)) for table in tables):
        return
    run_dbt(settings, ["run-operation", "create_raw_tables"], console)
