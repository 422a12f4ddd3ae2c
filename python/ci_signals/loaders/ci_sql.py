"""The SQL that turns lines of JSON into rows of a raw table."""

from __future__ import annotations

from dataclasses import dataclass

from clickhouse_connect.driver.binding import format_str, quote_identifier

from ci_signals.errors import UserError
from ci_signals.warehouse import Client, qualified

# The batch that is being loaded: a session's own table, gone when the session ends.
LINES = "create temporary table if not exists lines (_row UInt64, _line String)"

# How the text of a JSON value may look, by kind of column, and what must hold of it beside. A
# value of another kind rejects its row: the engine would read it as 0 or '' and nobody would know.
# Of times the year 1 is how some writers say that there is none.
_LOOKS = {
    "a whole number": (
        r'^("?-?[0-9]+"?|null)$',
        "{raw} = 'null' or toInt64OrNull({bare}) is not null or toUInt64OrNull({bare}) is not null",
    ),
    "a number": (r'^("?-?[0-9].*|null)$', "{raw} = 'null' or toFloat64OrNull({bare}) is not null"),
    "a text": (r'^(".*"|null)$', ""),
    "a time": (
        r'^("([0-9]{4}-[0-9]{2}-[0-9]{2}.*)?"|[0-9]{1,10}(\\.[0-9]+)?|null)$',
        """{raw} in ('null', '""') or startsWith({raw}, '"0001-01-01')"""
        " or ifNull(toFloat64OrNull({raw}) < 9223372036, false)"
        " or parseDateTime64BestEffortOrNull({bare}, 9, 'UTC') is not null",
    ),
    "a list": (r"^(\\[.*|null)$", ""),
    "an object": (r"^(\\{.*|null)$", ""),
}

_RAW = "tupleElement(field, 2)"
_BARE = f"trim(both '\"' from {_RAW})"

# What each row must have, in the order it is asked for.
_REQUIRED = {
    "push": {
        "ref": "ref != ''",
        "head_commit.timestamp": "toUnixTimestamp64Second(tupleElement(head_commit, 'timestamp')) != 0"
        " or tupleElement(head_commit, 'id') = ''",
        "repository.full_name": "tupleElement(repository, 'full_name') != ''",
    },
    "workflow_job": {
        "id": "id != 0",
        "run_id": "run_id != 0",
        "head_sha": "head_sha != ''",
        "name": "name != ''",
        "created_at": "toUnixTimestamp64Second(created_at) != 0",
    },
    "test_run_s3": {"job_id": "job_id != 0", "name": "name != ''"},
}
# The column that finds the stored rows that a batch may repeat.
_ID = {"push": "dynamoKey", "workflow_job": "id", "test_run_s3": "job_id"}


@dataclass(frozen=True)
class RawTable:
    """A raw table as it is in the warehouse: its kind, quoted name, and stored columns with types."""

    kind: str
    name: str
    columns: dict[str, str]


def raw_table(client: Client, kind: str, database: str, table: str) -> RawTable:
    """The columns that `database`.`table` stores (aliases and computed ones are left out).

    Raises UserError when the table lacks a column that rows of its kind must have.
    """
    rows = client.query(
        "select name, type from system.columns where database = {database:String}"
        " and table = {table:String} and default_kind in ('', 'DEFAULT') order by position",
        parameters={"database": database, "table": table},
    ).result_rows
    columns = {str(name): str(type_) for name, type_ in rows}
    missing = {path.split(".")[0] for path in _REQUIRED[kind]} - columns.keys()
    if missing:
        raise UserError(
            f"{database}.{table} has no column {', '.join(sorted(missing))}: is it a {kind} table?"
        )
    return RawTable(kind, qualified(database, table), columns)


def insert_parsed(client: Client, table: RawTable, rejects: str, file: str) -> tuple[int, int, int, int]:
    """Move the batch in `lines` to its table, its bad rows to `rejects` (a quoted table name).

    Returns rows (read, loaded, already there, rejected). Running it twice changes nothing.
    """
    columns = ", ".join(map(quote_identifier, table.columns))
    row_hash = f"sipHash128({columns})"
    key = quote_identifier(_ID[table.kind])
    client.command("create temporary table parsed as " + _parsed(table))
    try:
        read, rejected = client.query("select count(), countIf(_reason != '') from parsed").result_rows[0]
        stored = f"select {key}, {row_hash} from {table.name} where {key} in (select {key} from parsed)"
        # which rows are new is worked out once: it hashes the batch and what is stored of its keys
        client.command(
            "create temporary table fresh as select _row from parsed"
            f" where _reason = '' and ({key}, {row_hash}) not in ({stored})"
            f" order by _row limit 1 by {key}, {row_hash}"
        )
        loaded = client.query("select count() from fresh").result_rows[0][0]
        client.command(
            f"insert into {table.name} ({columns})"
            f" select {columns} from parsed where _row in (select _row from fresh) order by _row"
        )
        client.command(
            f"insert into {rejects} (source_table, file, row_number, reason, row)"
            " select {kind:String}, {file:String}, _row, _reason, _line from parsed where _reason != ''",
            parameters={"kind": table.kind, "file": file},
        )
        return int(read), int(loaded), int(read - rejected - loaded), int(rejected)
    finally:
        client.command("drop table if exists fresh")
        client.command("drop table if exists parsed")


def _parsed(table: RawTable) -> str:
    """A query: the batch with its columns parsed, and `_reason` ('' for a good row)."""
    # Two parses a line: one for typed values, one for the raw text of each field.
    row_type = ", ".join(f"{quote_identifier(name)} {type_}" for name, type_ in table.columns.items())
    values = ", ".join(
        f"tupleElement(typed, {position}) as {quote_identifier(name)}"
        for position, name in enumerate(table.columns, start=1)
    )
    names = ", ".join(f"'{name}'" for name in table.columns)
    kinds = ", ".join(f"'{_kind(type_)}'" for type_ in table.columns.values())
    looks = ", ".join(
        f"tupleElement(field, 3) = '{kind}', match(tupleElement(field, 2), '(?s){look}')"
        + (f" and ({holds.format(raw=_RAW, bare=_BARE)})" if holds else "")
        for kind, (look, holds) in _LOOKS.items()
    )
    asked = ", ".join(
        f"not ({condition}), '{path} is missing or empty'"
        for path, condition in _REQUIRED[table.kind].items()
    )
    return f"""
        with
            JSONExtract(_line, {format_str(f"Tuple({row_type})")}) as typed,
            arrayMap(
                pair -> (
                    tupleElement(pair, 1),
                    tupleElement(pair, 2),
                    transform(tupleElement(pair, 1), [{names}], [{kinds}], '')
                ),
                JSONExtractKeysAndValuesRaw(_line)
            ) as fields,
            arrayFirst(field -> not multiIf({looks}, true), fields) as odd_field
        select
            _row, _line, {values},
            multiIf(
                not isValidUTF8(_line), 'not UTF-8',
                not isValidJSON(_line), 'not JSON',
                JSONType(_line) != 'Object', 'not a JSON object',
                tupleElement(odd_field, 1) != '',
                concat(tupleElement(odd_field, 1), ' is not ', tupleElement(odd_field, 3)),
                {asked},
                ''
            ) as _reason
        from lines
    """


def _kind(column_type: str) -> str:
    bare = column_type.removeprefix("LowCardinality(").removeprefix("Nullable(")
    if bare.startswith(("Int", "UInt")):
        return "a whole number"
    if bare.startswith("Float"):
        return "a number"
    if bare.startswith("Date"):
        return "a time"
    if bare.startswith("Array"):
        return "a list"
    if bare.startswith("Tuple"):
        return "an object"
    return "a text" if bare.startswith("String") else "anything"
