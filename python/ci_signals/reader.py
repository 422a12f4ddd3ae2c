"""Read models for pages, files and the terminal: whole relations, in order.

A query here names a relation, its order and, for a parameter, a `where`. The rest is SQL in
models: models/marts/signals/{reports,pages,exports} and models/marts/compile/{reports,pages}.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import fields
from typing import IO, Any, TypeVar

from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, table_names

Record = TypeVar("Record")


class Reader:
    """Reads the models of one database through an open client. Table names need no database.

    client: its default database is the models' database, if that exists. tables: names of the
    tables and views that exist, looked up once.
    """

    def __init__(self, client: Client, database: str) -> None:
        self.client = client
        self.database = database
        self.tables = table_names(client, database)
        if self.tables:
            client.database = database
        write_plain_json(client)

    def has(self, table: str) -> bool:
        """Whether the table or view exists."""
        return table in self.tables

    def rows(self, table: str, order: str, where: str = "", **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a relation as dictionaries, in order. `where` writes parameters as {name:Type}."""
        found = self.client.query(select("*", table, order, where), parameters=parameters)
        return list(found.named_results())

    def records(
        self, of: type[Record], table: str, order: str, where: str = "", limit: int | None = None
    ) -> list[Record]:
        """The first `limit` rows of a relation as objects of the dataclass `of`. A field is a column."""
        names = [field.name for field in fields(of)]  # type: ignore[arg-type]
        query = select(", ".join(names), table, order, where, limit)
        return [of(*row) for row in self.client.query(query).result_rows]

    def json_lines(
        self, columns: str, table: str, order: str, where: str = "", **parameters: Any
    ) -> list[str]:
        """The rows of a relation as lines of JSON, one object per line."""
        return json_lines(self.client, select(columns, table, order, where), **parameters)

    def json_table(self, table: str, order: str, where: str = "", **parameters: Any) -> bytes:
        """A relation as one JSON array of arrays; the first one holds the column names."""
        return self._json_array(table, order, "JSONCompactEachRowWithNames", where, **parameters)

    def json_objects(self, table: str, order: str) -> bytes:
        """A relation as one JSON array of objects."""
        return self._json_array(table, order, "JSONEachRow")

    def stream(self, query: str, file_format: str, **parameters: Any) -> AbstractContextManager[IO[bytes]]:
        """The result of a query in one of the engine's formats, as a file to read from."""
        streamed: AbstractContextManager[IO[bytes]] = self.client.raw_stream(
            query, fmt=file_format, parameters=parameters
        )
        return streamed

    def _json_array(
        self, table: str, order: str, file_format: str, where: str = "", **parameters: Any
    ) -> bytes:
        query = select("*", table, order, where)
        lines: bytes = self.client.raw_query(query, fmt=file_format, parameters=parameters)
        return b"[" + lines.strip().replace(b"\n", b",\n") + b"]"


def select(columns: str, table: str, order: str, where: str = "", limit: int | None = None) -> str:
    """The query for a relation. Its parts come from the code, never from data."""
    filtered = f" where {where}" if where else ""
    limited = f" limit {limit}" if limit is not None else ""
    return f"select {columns} from {table}{filtered} order by {order}{limited}"


def write_plain_json(client: Client) -> None:
    """Make the engine write plain JSON: numbers without quotes (GitHub's ids are far below 2**53),
    slashes without backslashes, and only valid UTF-8."""
    client.set_client_setting("output_format_json_quote_64bit_integers", 0)
    client.set_client_setting("output_format_json_escape_forward_slashes", 0)
    client.set_client_setting("output_format_json_validate_utf8", 1)


def json_lines(client: Client, query: str, **parameters: Any) -> list[str]:
    """The rows of a query as lines of JSON, one object per line."""
    rows: bytes = client.raw_query(query, fmt="JSONEachRow", parameters=parameters)
    # not splitlines(): it also splits at characters that JSON does not escape
    return rows.decode().split("\n")[:-1]


@contextmanager
def open_reader(settings: Settings, read_only: bool = False) -> Iterator[Reader]:
    """A reader of the target's models; `read_only` and UserError as in open_client."""
    with open_client(settings, read_only) as client:
        yield Reader(client, settings.database)
