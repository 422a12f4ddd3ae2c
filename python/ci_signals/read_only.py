"""What `signals sql` lets through: one statement that reads tables.

The engine's own parser writes the query out from its syntax tree, as one statement without comments.
That text is looked at here, and that text runs. Rights hold the rest: those of read_only_engine/config.xml
in the embedded engine, those of the user on a server (SECURITY.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ci_signals.errors import UserError
from ci_signals.warehouse import Client

_PARSE = "select formatQuerySingleLine({query:String})"
_READS = ("SELECT", "WITH", "SHOW", "DESCRIBE", "EXPLAIN", "EXISTS")
_QUOTED = re.compile(r"""(['"`])((?:(?!\1)[^\\]|\\.)*)\1""", re.DOTALL)
_FORMAT = re.compile(r" FORMAT +(\w+) ?(?= SETTINGS |$)")
# Functions in expressions that reach a file or an address; format() of values is harmless.
_REACHING = {
    "file",
    "ai[a-z]+",
    "catboostEvaluate",
    "reverseDNSQuery",
    "cluster",
    "clusterAllReplicas",
    "eval",
}
_HARMLESS = {"format"}


@dataclass(frozen=True)
class ReadQuery:
    """text: one statement, without a format clause. file_format: that of its format clause."""

    text: str
    file_format: str | None


def check_query(client: Client, query: str, is_embedded: bool) -> ReadQuery:
    """The query as the engine reads it. Raises UserError when it does anything but read tables."""
    if not query.strip():
        raise UserError("the query is empty")
    try:
        text = client.raw_query(_PARSE, parameters={"query": query}, fmt="RawBLOB").decode()
    except UnicodeDecodeError as error:
        raise UserError("the query has bytes that are not UTF-8: write them as unhex('...')") from error
    plain = _QUOTED.sub(_blank, text)
    first = plain.lstrip("( ").split(" ")[0]
    if first not in _READS:
        raise UserError(f"signals sql is read-only ({', '.join(_READS)}): it runs no {first}")
    for words, instead in _REFUSED.items():
        if words in plain and (is_embedded or words != " SETTINGS "):
            raise UserError(f"{words.strip()} is not read-only: {instead}")
    if called := _reaching(client).search(plain):
        raise UserError(
            f"{called[1] or called[2]}() is not read-only: signals sql reads tables,"
            " and no files, addresses or programs"
        )
    found = _FORMAT.search(plain)
    if not found:
        return ReadQuery(text, None)
    return ReadQuery(text[: found.start()] + text[found.end() :], found[1])


_REFUSED = {
    " INTO OUTFILE ": "redirect the output instead, as in > rows.csv",
    " PARALLEL WITH ": "give one query at a time",
    # some settings hold SQL, and the engine lets a read-only query change those
    " SETTINGS ": "the embedded engine keeps its own settings",
}


def _blank(quoted: re.Match[str]) -> str:
    """Text of the same length without what a quoted text or name says. The name of a function stays."""
    inside = quoted[2] if quoted[1] != "'" and re.fullmatch(r"\w+", quoted[2]) else "x" * len(quoted[2])
    return f" {inside} "


def _reaching(client: Client) -> re.Pattern[str]:
    """Calls of functions that reach more than tables: the engine says which of its table functions do."""
    rows = client.query("select name from system.table_functions where not allow_readonly").result_rows
    names = "|".join({str(name) for (name,) in rows} - _HARMLESS | _REACHING)
    return re.compile(rf"\b({names}) ?\(|\bAPPLY +({names})\b", re.IGNORECASE)
