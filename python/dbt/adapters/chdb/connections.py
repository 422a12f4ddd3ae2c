"""Open connections to the embedded engine, and cancel their queries."""

from __future__ import annotations

from typing import Any

from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.client import Client
from dbt.adapters.clickhouse import ClickHouseColumn, dbclient
from dbt.adapters.clickhouse.connections import ClickHouseConnectionManager
from dbt.adapters.clickhouse.httpclient import ChHttpClient
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.exceptions import FailedToConnectError

from ci_signals.errors import UserError
from ci_signals.store import cancel_queries, connect_store
from dbt.adapters.chdb.credentials import ChdbCredentials


class ChdbClient(ChHttpClient):  # type: ignore[misc]
    """dbt-clickhouse's HTTP client, on the engine inside this process."""

    def _create_client(self, credentials: ChdbCredentials) -> Client:
        # Each client has its own session here; an HTTP session id would be ignored.
        settings = {key: value for key, value in self._conn_settings.items() if key != "session_id"}
        return connect_store(credentials.path, settings)

    def columns_in_query(self, sql: str, **kwargs: Any) -> list[ClickHouseColumn]:
        # dbt-clickhouse runs the query with limit 0; this plans it and no more, which takes a third
        settings = kwargs.pop("settings", None) or {}
        one_line = {**settings, "print_pretty_type_names": "0"}
        described = self.query(f"describe table (\n{sql}\n)", settings=one_line, **kwargs)
        return [
            ClickHouseColumn.create(name, get_from_name(kind).name)
            for name, kind, *_ in described.result_rows
        ]

    def _ensure_database(self, database_engine: str | None, cluster_name: str | None) -> None:
        # dbt-clickhouse remembers per process which databases exist. A second store in the
        # process would then never get its database.
        with dbclient._database_lock:
            dbclient._ensured_databases.discard(self.database)
        super()._ensure_database(database_engine, cluster_name)


class ChdbConnectionManager(ClickHouseConnectionManager):  # type: ignore[misc]
    TYPE = "chdb"

    @classmethod
    def open(cls, connection: Connection) -> Connection:
        if connection.state == ConnectionState.OPEN:
            return connection
        try:
            connection.handle = ChdbClient(connection.credentials)
        except UserError as error:
            connection.state = ConnectionState.FAIL
            connection.handle = None
            raise FailedToConnectError(str(error)) from error
        connection.state = ConnectionState.OPEN
        return connection

    def cancel(self, connection: Connection) -> None:
        """Cancel running queries; dbt asks for it on Ctrl-C."""
        cancel_queries(connection.credentials.path)
