"""Rows for the terminal, from the finished tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ci_signals.errors import UserError
from ci_signals.settings import Settings
from ci_signals.terminal import queries
from ci_signals.warehouse import Client, has_table, open_client


@contextmanager
def open_reports(settings: Settings) -> Iterator[Client]:
    """A client whose database is that of the models. Raises UserError when no signals were built."""
    with open_client(settings) as client:
        if not has_table(client, settings.database, queries.NEEDED):
            raise UserError("there are no signals yet: run signals build")
        client.database = settings.database
        yield client


def json_lines(client: Client, query: str, parameters: dict[str, Any] | None = None) -> list[str]:
    """The rows of a query, an object of JSON each."""
    rows: bytes = client.raw_query(query, fmt="JSONEachRow", parameters=parameters)
    # not splitlines(): it parts lines at characters that JSON leaves as they are
    return rows.decode().split("\n")[:-1]


def window_row(client: Client) -> dict[str, Any]:
    """The one row of queries.WINDOW. Times are `YYYY-MM-DD hh:mm`, UTC."""
    found = client.query(queries.WINDOW)
    return dict(zip(found.column_names, found.first_row, strict=True))


def parse(lines: list[str]) -> list[dict[str, Any]]:
    """Lines of JSON as dictionaries, named as in the query."""
    return [json.loads(line) for line in lines]
