"""How a connection to the embedded engine is opened and cancelled."""

from __future__ import annotations

from clickhouse_connect.driver.client import Client
from dbt.adapters.clickhouse import dbclient
from dbt.adapters.clickhouse.connections import ClickHouseConnectionManager
from dbt.adapters.clickhouse.httpclient import ChHttpClient
from dbt.adapters.contracts.connection import Connection, ConnectionState
from dbt.adapters.exceptions import FailedToConnectError

from ci_signals.errors import UserError
from ci_signals.store import cancel_queries, connect_store
from dbt.adapters.chdb.credentials import ChdbCredentials


class ChdbClient(ChHttpClient):  # type: ignore[misc]
    """dbt-clickhouse's HTTP client over the in-process engine."""

    def _create_client(self, credentials: ChdbCredentials) -> Client:
        # A session is a handle here; the HTTP session id would only be ignored.
        settings = {key: value for key, value in self._conn_settings.items() if key != "session_id"}
        return connect_store(credentials.path, settings)

    def _ensure_database(self, database_engine: str | None, cluster_name: str | None) -> None:
        # dbt-clickhouse remembers per process which databases exist. Two stores
        # in one process share that memory, and the second would never get its own.
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
