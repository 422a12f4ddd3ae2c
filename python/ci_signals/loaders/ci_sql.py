"""The SQL that turns a batch of lines of JSON into rows of a raw table.

Generated here and not in models: which columns are read is what the target table has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from clickhouse_connect.driver.binding import format_str, quote_identifier

from ci_signals.errors import UserError
from ci_signals.loaders.json_shapes import line_pattern, misfit
from ci_signals.warehouse import Client, qualified

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
    "workflow_run": {"id": "id != 0", "repository": "repository != ''"},
    "test_run_s3": {"job_id": "job_id != 0", "name": "name != ''"},
}
# The column that finds the stored rows that a batch may repeat, and those that tell them apart cheaply.
_ID = {"push": "dynamoKey", "workflow_job": "id", "workflow_run": "id", "test_run_s3": "job_id"}
_KEY = {"test_run_s3": ["job_id", "name"]}

# Tables of the session, gone when it ends. `lines`: a batch as it was read, numbered from 0 in the
# order it came in, which is why it is inserted by one thread. `parsed`: the batch as rows; `_seq`
# counts the lines of the whole load from 0, `_reason` is '' for a good row.
_LINES = "create temporary table lines (_line String, _nth UInt64 default rowNumberInAllBlocks())"
# Blocks are what threads share out later.
_IN_ORDER = {
    "max_insert_threads": 1,
    "input_format_parallel_parsing": 0,
    **dict.fromkeys(("max_block_size", "max_insert_block_size", "min_insert_block_size_rows"), 8192),
    "min_insert_block_size_bytes": 0,
}
TO_STORE = (
    "min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 134217728, max_insert_threads = 2"
)
_PARSED = "create temporary table parsed (_seq UInt64, _reason LowCardinality(String), _line String"


CountsByFile = dict[int, tuple[int, int, int, int]]
"""Rows read, loaded, already there and rejected of each file, by how many lines of the load precede it."""


@dataclass(frozen=True)
class RawTable:
    """A raw table as it is in the warehouse: its kind, quoted name, and stored columns with types.

    is_plain: whether rows are kept as they come, in one partition of parts that can be moved.
    """

    kind: str
    name: str
    columns: dict[str, str]
    is_plain: bool = False

    @cached_property
    def listed(self) -> str:
        """The columns, quoted, as SQL lists them."""
        return ", ".join(map(quote_identifier, self.columns))

    @property
    def id(self) -> str:
        """The column that most of the rows to compare with have in common."""
        return _ID[self.kind]

    @cached_property
    def key(self) -> str:
        """SQL: a hash of the columns in which rows rarely agree that are not the same."""
        named = _KEY.get(self.kind, [_ID[self.kind]])
        return f"cityHash64({', '.join(quote_identifier(name) for name in named if name in self.columns)})"

    @cached_property
    def compared(self) -> str:
        """SQL: a hash of what a row was read with; a workflow's name may have come from its run."""
        names = (name for name in self.columns if (self.kind, name) != ("workflow_job", "workflow_name"))
        return f"cityHash64({', '.join(map(quote_identifier, names))})"

    @property
    def missing(self) -> str:
        """SQL: the reason why a row without a value that it must have is rejected, or ''."""
        asked = ", ".join(
            f"not ({condition}), '{path} is missing or empty'"
            for path, condition in _REQUIRED[self.kind].items()
        )
        return f"multiIf({asked}, '')"

    @property
    def typed(self) -> str:
        """The columns with their types, as a table's definition has them."""
        return ", ".join(f"{quote_identifier(name)} {type_}" for name, type_ in self.columns.items())


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
    plain = client.query(
        "select count() from system.tables where database = {database:String} and name = {table:String}"
        " and engine = 'MergeTree' and partition_key = ''",
        parameters={"database": database, "table": table},
    ).first_row
    return RawTable(kind, qualified(database, table), columns, bool(plain[0]))


def start_table(client: Client, table: RawTable) -> None:
    """Make the session's tables for batches of rows of `table`."""
    for name in ("lines", "parsed"):
        client.command(f"drop temporary table if exists {name}")
    client.command(_LINES)
    client.command(f"{_PARSED}, {table.typed})")


def parse_lines(client: Client, table: RawTable, lines: bytes, before: int, others: Iterable[str]) -> None:
    """Fill `parsed` from lines of JSON, each ended by a newline; blank ones are passed over.

    before: lines of the load before these. others: names of values that the rows may
    have beside the table's columns.
    """
    client.raw_insert("lines", ["_line"], lines, fmt="LineAsString", settings=_IN_ORDER)
    # One parse a line. The pattern vouches for a line that matches; only others are looked at closely.
    values = ", ".join(
        f"tupleElement(typed, {position}) as {quote_identifier(name)}"
        for position, name in enumerate(table.columns, start=1)
    )
    client.command(f"""
        insert into parsed (_seq, _reason, _line, {table.listed})
        with
            trim(both ' \\t\\r' from lines._line) as text,
            match(text, {format_str(line_pattern(table.columns, others))}) as is_plain,
            JSONExtract(text, {format_str(f"Tuple({table.typed})")}) as typed,
            multiIf(
                is_plain, '',
                not isValidUTF8(text), 'not UTF-8',
                not isValidJSON(text), 'not JSON',
                JSONType(text) != 'Object', 'not a JSON object',
                {misfit(table.columns, "text")}
            ) as problem,
            if(problem = '', {table.missing}, problem) as reason
        select {before} + _nth, reason, if(reason = '', '', text), {values}
        from lines
        where text != ''
    """)
    client.command("truncate table lines")


def insert_parsed(client: Client, table: RawTable, rejects: str, files: dict[int, str]) -> CountsByFile:
    """Move the rows of `parsed` to their table, the bad ones to `rejects` (a quoted table name).

    files: name of each file in the batch, by how many lines of the load come before it.
    Returns the counts by the same number. Running it twice changes nothing.
    """
    starts = f"[{', '.join(f'toUInt64({start})' for start in files)}]"
    try:
        _find_known(client, table)
        counted = client.query(
            f"select roundDown(_seq, {starts}) as start, count(), countIf(_reason != ''),"
            " countIf(_seq in (select _seq from known)) from parsed group by start"
        ).result_rows
        client.command(
            f"insert into {table.name} ({table.listed}) select {table.listed} from parsed"
            f" where _reason = '' and _seq not in (select _seq from known) settings {TO_STORE}"
        )
        if any(rejected for _, _, rejected, _ in counted):
            names = f"[{', '.join(format_str(name) for name in files.values())}]"
            client.command(
                f"insert into {rejects} (source_table, file, row_number, reason, row)"
                f" with roundDown(_seq, {starts}) as start"
                f" select '{table.kind}', {names}[indexOf({starts}, start)], _seq - start + 1, _reason, _line"
                " from parsed where _reason != ''"
            )
        return {
            int(start): (int(read), int(read - rejected - known), int(known), int(rejected))
            for start, read, rejected, known in counted
        }
    finally:
        client.command("truncate table parsed")
        for name in ("known", "met", "whole", "stored"):
            client.command(f"drop temporary table if exists {name}")


def mark_parsed(
    client: Client, table: RawTable, marks: str, files: dict[int, str], parsed: str = "parsed"
) -> CountsByFile:
    """Write which rows of the table are like good rows of `parsed` (a table or a query in brackets) to
    `marks` (a quoted table name).

    Its columns: kind, id (of push: 0), key (dynamoKey of push), row (`RawTable.compared`). Returns
    the counts as insert_parsed does.
    """
    starts = f"[{', '.join(f'toUInt64({start})' for start in files)}]"
    id_, key = (
        ("0", quote_identifier(table.id)) if table.kind == "push" else (quote_identifier(table.id), "''")
    )
    try:
        client.command(
            f"insert into {marks} (kind, id, key, row) select '{table.kind}', {id_}, {key}, {table.compared}"
            f" from {parsed} where _reason = ''"
        )
        counted = client.query(
            f"select roundDown(_seq, {starts}) as start, count(), countIf(_reason != '')"
            f" from {parsed} group by start"
        ).result_rows
        return {int(start): (int(read), int(read - bad), 0, int(bad)) for start, read, bad in counted}
    finally:
        client.command("truncate table parsed")


def matched_rows(table: RawTable, source: str, condition: str) -> str:
    """The query for how many rows of `source` (a quoted name, or a query in brackets) have an id of which
    the same rows are stored, no more and no fewer. Counts and sums of hashes tell.

    condition: which rows are looked at on both sides, as SQL.
    """
    id_, row = quote_identifier(table.id), f"cityHash64({table.listed})"
    sums = f"{id_}, count() as _rows, sum({row}), groupBitXor({row})"
    per_id = f"select {sums} from {{}} where {condition} group by {id_}"
    return f"select sum(_rows) from ({per_id.format(source)} intersect {per_id.format(table.name)})"


def _find_known(client: Client, table: RawTable) -> None:
    """Make the table `known`: the rows of the batch that are stored, or stand in the batch before.

    Comparing the hashes of all rows would take longer than inserting them. Most batches bring
    new ids, which the primary index tells, or repeat all rows of an id, which counts and sums of
    hashes tell. Only where neither holds are keys compared, and hashes where keys meet.
    """
    id_, key, row = quote_identifier(table.id), table.key, f"cityHash64({table.listed})"
    good = "from parsed where _reason = ''"
    per_id = f"select {id_} as _id, count() as _rows"
    client.command("create temporary table known (_seq UInt64)")
    client.command(
        f"create temporary table met as {per_id} from {table.name}"
        f" where {id_} in (select {id_} {good}) group by _id"
    )
    likely = f"({per_id} {good} group by _id) where (_id, _rows) in (select _id, _rows from met)"
    met, alike, repeated = client.query(
        f"select (select count() from met), (select count() from {likely}), count() - uniqExact({key}) {good}"
    ).result_rows[0]
    client.command("create temporary table whole as select _id from met where false")
    if alike:
        sums = f"{per_id}, sum({row}) as _sum, groupBitXor({row}) as _xor"
        client.command(
            f"insert into whole select _id from ("
            f"{sums} {good} and {id_} in (select _id from {likely}) group by _id intersect"
            f" {sums} from {table.name} where {id_} in (select _id from {likely}) group by _id)"
        )
    if met:
        in_part = f"{id_} in (select _id from met where _id not in (select _id from whole))"
        client.command(
            f"create temporary table stored as select {key} as _key, {row} as _row from {table.name}"
            f" where {in_part} and _key in (select {key} {good} and {in_part})"
        )
        client.command(f"insert into known select _seq {good} and {id_} in (select _id from whole)")
        client.command(
            f"insert into known select _seq {good} and {in_part}"
            f" and ({key}, {row}) in (select _key, _row from stored)"
        )
    if repeated:
        client.command(
            f"insert into known select arrayJoin(arraySlice(arraySort(groupArray(_seq)), 2)) {good}"
            f" and {key} in (select {key} {good} group by {key} having count() > 1)"
            f" group by {key}, {row} having count() > 1"
        )
