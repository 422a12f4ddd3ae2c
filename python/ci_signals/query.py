"""`signals sql`: one read-only query, its rows on standard output."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from pathlib import Path

from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.errors import UserError
from ci_signals.printable import printable, printable_json
from ci_signals.query_format import QueryFormat
from ci_signals.read_only import check_query
from ci_signals.reader import Reader, open_reader
from ci_signals.settings import Settings
from ci_signals.warehouse import query_reason

_ENGINE_FORMATS = {
    QueryFormat.table: "PrettyCompactMonoBlock",
    QueryFormat.csv: "CSVWithNames",
    QueryFormat.json: "JSONEachRow",
    QueryFormat.parquet: "Parquet",
}


def print_query(settings: Settings, query: str, query_format: QueryFormat | None) -> None:
    """Run `query` and print its rows, in its own FORMAT where it has one.

    query: SQL; `-` reads it from standard input, `@FILE` from a file. Raises UserError when it is
    wrong or does more than read tables.
    """
    text = _read_query(query)
    with open_reader(settings, read_only=True) as reader:
        client = reader.client
        if settings.is_embedded and not reader.tables:
            client.database = "system"  # the engine takes an unknown name in `default` for that of a file
        client.set_client_setting("output_format_pretty_color", 0)
        # 2 allows a server's own client settings beside it; neither allows a write
        client.set_client_setting("readonly", 1 if settings.is_embedded else 2)
        checked = check_query(client, text, settings.is_embedded)
        if checked.file_format and query_format:
            asked = f"FORMAT {checked.file_format} in the query and --format {query_format}"
            raise UserError(f"there is {asked}: leave one out")
        file_format = checked.file_format or _ENGINE_FORMATS[query_format or QueryFormat.table]
        if file_format == "Parquet" and sys.stdout.isatty():
            raise UserError("Parquet is not for a terminal: redirect it to a file, as in > rows.parquet")
        try:
            rows = client.raw_query(checked.text, fmt=file_format)
        except ClickHouseError as error:
            said = query_reason(settings, error)
            raise UserError(said + _near_columns(reader, checked.text, said)) from error
    sys.stdout.buffer.write(_safe(rows, file_format))


def _read_query(query: str) -> str:
    if query != "-" and not query.startswith("@"):
        return query
    text = sys.stdin.buffer.read() if query == "-" else Path(query[1:]).read_bytes()
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise UserError(
            f"the query in {'standard input' if query == '-' else query[1:]} is not UTF-8"
        ) from error


_UNKNOWN = re.compile(r"Unknown expression (?:or function )?identifier `([^`]+)`")
_COLUMNS = (
    "select distinct name from system.columns"
    " where database = {database:String} and has({tables:Array(String)}, table)"
)


def _near_columns(reader: Reader, query: str, said: str) -> str:
    """Columns named like the one that the engine does not know. The closest ones it proposes itself."""
    unknown = _UNKNOWN.search(said)
    if not unknown or "Maybe you meant" in said:
        return ""
    tables = sorted(reader.tables & set(re.findall(r"\w+", query)))
    rows = reader.client.query(
        _COLUMNS, parameters={"database": reader.database, "tables": tables}
    ).result_rows
    near = get_close_matches(unknown[1].split(".")[-1], [str(name) for (name,) in rows], cutoff=0.5)
    return f" Maybe you meant: {', '.join(near)}." if near else ""


def _safe(rows: bytes, file_format: str) -> bytes:
    """The rows without what would steer a terminal; files and pipes get data as it is."""
    is_table = file_format == _ENGINE_FORMATS[QueryFormat.table]
    if not is_table and not sys.stdout.isatty():
        return rows
    text = rows.decode(errors="backslashreplace")
    if file_format == "JSONEachRow":
        return "\n".join(map(printable_json, text.split("\n"))).encode()
    return printable(text, keep="\n" if is_table else "\n\t").encode()
