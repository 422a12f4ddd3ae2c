"""The one place that opens a ClickHouse client, embedded or over HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import clickhouse_connect
from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError

from ci_signals.errors import UserError
from ci_signals.settings import Settings
from ci_signals.store import connect_store

# The client logs each try to connect; our error says the same in one line.
for _library in ("clickhouse_connect", "urllib3"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

__all__ = ["Client", "has_database", "has_table", "open_client", "qualified"]


@contextmanager
def open_client(settings: Settings) -> Iterator[Client]:
    """A client on the target's engine, closed at the end. It has no default database.

    Raises UserError, one line, for a locked store, an unreachable server, a wrong
    password, and for any query that the engine refuses while the client is open.
    """
    try:
        client = connect_store(settings.store) if settings.is_embedded else _connect_server(settings)
    except OperationalError as error:
        host = f"{settings.output.get('host')}:{settings.output.get('port')}"
        raise UserError(
            f"cannot reach ClickHouse at {host} (set SIGNALS_HOST, SIGNALS_PORT): {_first_line(error)}"
        ) from error
    except DatabaseError as error:
        raise UserError(f"ClickHouse refused the connection: {_first_line(error)}") from error
    try:
        yield client
    except ClickHouseError as error:
        raise UserError(_first_line(error)) from error
    finally:
        client.close()


def has_table(client: Client, database: str, table: str) -> bool:
    """Whether `database.table` (a table or a view) exists."""
    found = client.query(
        "select count() from system.tables where database = {database:String} and name = {name:String}",
        parameters={"database": database, "name": table},
    )
    return bool(found.result_rows[0][0])


def has_database(client: Client, database: str) -> bool:
    """Whether the database exists."""
    found = client.query(
        "select count() from system.databases where name = {name:String}", parameters={"name": database}
    )
    return bool(found.result_rows[0][0])


def qualified(database: str, table: str) -> str:
    """`database`.`table`, quoted for SQL."""
    return f"{quote_identifier(database)}.{quote_identifier(table)}"


def _connect_server(settings: Settings) -> Client:
    output = settings.output
    return clickhouse_connect.get_client(
        host=output["host"],
        port=int(output["port"]),
        username=output.get("user", "default"),
        password=str(output.get("password", "")),
        interface="https" if output.get("secure") else "http",
        verify=output.get("verify", True),
        query_limit=0,
    )


def _first_line(error: Exception) -> str:
    # The engine repeats the whole query after "In scope".
    text = str(error).strip().split(" In scope ")[0]
    return text.splitlines()[0] if text else type(error).__name__
