"""`signals sql`: one read-only query, its rows on standard output."""

from __future__ import annotations

import re
import sys

from ci_signals.errors import UserError
from ci_signals.printable import printable, printable_json
from ci_signals.query_format import QueryFormat
from ci_signals.reader import open_reader
from ci_signals.settings import Settings

_ENGINE_FORMATS = {
    QueryFormat.table: "PrettyCompactMonoBlock",
    QueryFormat.csv: "CSVWithNames",
    QueryFormat.json: "JSONEachRow",
    QueryFormat.parquet: "Parquet",
}
_WRITES_A_FILE = re.compile(r"\binto\s+outfile\b", re.IGNORECASE)


def print_query(settings: Settings, query: str, query_format: QueryFormat) -> None:
    """Run `query` and print its rows. Raises UserError when it is wrong or would write."""
    if query_format is QueryFormat.parquet and sys.stdout.isatty():
        raise UserError("Parquet is not for a terminal: redirect it to a file, as in > rows.parquet")
    if _WRITES_A_FILE.search(query):
        raise UserError("INTO OUTFILE is not read-only: redirect the output instead, as in > rows.csv")
    with open_reader(settings) as reader:
        client = reader.client
        client.set_client_setting("output_format_pretty_color", 0)
        # 2 allows a server's own client settings beside it; neither allows a write
        client.set_client_setting("readonly", 1 if settings.is_embedded else 2)
        rows = client.raw_query(query.rstrip().rstrip(";"), fmt=_ENGINE_FORMATS[query_format])
    sys.stdout.buffer.write(_safe(rows, query_format))


def _safe(rows: bytes, query_format: QueryFormat) -> bytes:
    """The rows without what would steer a terminal; files and pipes get data as it is."""
    if query_format is QueryFormat.parquet:
        return rows
    if query_format is not QueryFormat.table and not sys.stdout.isatty():
        return rows
    text = rows.decode(errors="backslashreplace")
    if query_format is QueryFormat.json:
        return "\n".join(map(printable_json, text.split("\n"))).encode()
    return printable(text, keep="\n").encode()
