"""Large Parquet files of CI rows: the engine fills a table beside the raw one, and its parts move over.

No row goes through Python, whatever order the file has. The table beside has the raw table's order, so
ranges of ids are read quickly when rows are compared with those that are stored.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any

from clickhouse_connect.driver.binding import format_str, quote_identifier
from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.errors import UserError
from ci_signals.loaders.ci_sql import (
    TO_STORE,
    CountsByFile,
    RawTable,
    insert_parsed,
    matched_rows,
)
from ci_signals.loaders.parquet import READ
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client

# What keeps memory small, measured on 6 million rows: one thread cuts and sorts blocks (0.4 GB less, with no
# more processor time), and the buffer of a column starts small (0.3 GB less).
_TO_STAGE = (
    f"{READ}, max_insert_threads = 1, min_insert_block_size_rows = 196608, min_insert_block_size_bytes = 0"
)
_SMALL_BUFFERS = "min_columns_to_activate_adaptive_write_buffer = 1"
# Memory that the rows of a slice take, and ids that are looked at for each slice.
_SLICE_BYTES = 96 << 20
_IDS = 50
# Distinct ids of a file that are kept in memory.
_MOST_IDS = 500_000


def load_staged(
    client: Client, table: RawTable, rejects: str, query: str, rows: int, files: dict[int, str]
) -> CountsByFile:
    """Load a file: the good rows to `table`, the bad ones to `rejects` (a quoted table name).

    query: the file's rows, with the columns of `parsed`. rows: how many there are. files: the file's name,
    by how many lines of the load come before it. Returns its counts by the same number; {} when the engine
    cannot read the file. Running it twice changes nothing.
    """
    [(start, name)] = files.items()
    if _is_known(client, table, query, rows):
        return {start: (rows, 0, rows, 0)}
    with _staged(client, table) as staged:
        try:
            client.command(
                f"insert into {staged} ({table.listed}) select {table.listed} from ({query})"
                f" where _reason = '' settings {_TO_STAGE}"
            )
        except ClickHouseError:
            return {}
        good = _count(client, f"select count() from {staged}")
        slices = list(_slices(client, table, staged))
        known = 0
        if all(_is_new(client, table, staged, part) for part in slices):
            client.command(f"alter table {table.name} attach partition id 'all' from {staged}")
        else:
            known = sum(_load_slice(client, table, rejects, staged, part) for part in slices)
    if rows != good:
        client.command(
            f"insert into {rejects} (source_table, file, row_number, reason, row)"
            f" select '{table.kind}', {format_str(name)}, _seq - {start} + 1, _reason, _line"
            f" from ({query}) where _reason != '' settings {READ}"
        )
    return {start: (rows, good - known, known, rows - good)}


@contextmanager
def following(settings: Settings, table: RawTable, tell: Callable[[int], None]) -> Iterator[None]:
    """During the block, tell twice a second how many rows of a large file are staged, while there are any."""
    ended = threading.Event()

    def look() -> None:
        with suppress(UserError, ClickHouseError), open_client(settings, whole=False) as client:
            while not ended.wait(0.5):
                if staged := _size(client, staged_name(table))[0]:
                    tell(staged)

    follower = threading.Thread(target=look, daemon=True)
    follower.start()
    try:
        yield
    finally:
        ended.set()
        follower.join()


def _is_known(client: Client, table: RawTable, query: str, rows: int) -> bool:
    """Whether the file's rows are all good and stored. Only asked where the ids make it likely: reading the
    column of ids takes a hundredth of the file's time."""
    id_ = quote_identifier(table.id)
    among = f"{id_} in (select {id_} from ({query}))"
    try:
        if _count(client, f"select uniq({id_}) from ({query})") > _MOST_IDS:
            return False
        return _are_stored(client, table, f"(select * from ({query}) where _reason = '')", rows, among)
    except ClickHouseError:  # a damaged file
        return False


def _are_stored(client: Client, table: RawTable, source: str, rows: int, among: str) -> bool:
    """Whether all `rows` rows of `source` are stored. among: a condition (SQL) that leaves only their ids in
    both; the primary key finds these, so it does not matter how many rows of others are stored."""
    stored = _count(client, f"select count() from {table.name} where {among}")
    return stored >= rows and _count(client, matched_rows(table, source, among)) == rows


def drop_staged(client: Client, table: RawTable) -> None:
    """Drop what a killed load had staged."""
    client.command(f"drop table if exists {staged_name(table)}")


def staged_name(table: RawTable) -> str:
    """The table, quoted, that rows of `table` are staged in."""
    database, between, name = table.name.rpartition("`.`")
    return f"{database}{between}_staged_{name}"


@contextmanager
def _staged(client: Client, table: RawTable) -> Iterator[str]:
    """An empty table like `table`; its name, quoted."""
    name = staged_name(table)
    client.command(f"create table {name} as {table.name} settings {_SMALL_BUFFERS}")
    try:
        yield name
    finally:
        with suppress(ClickHouseError):  # the next load does
            drop_staged(client, table)


def _slices(client: Client, table: RawTable, staged: str) -> Iterator[str]:
    """Conditions (SQL) that share out the rows, in slices of about the same memory."""
    rows, size = _size(client, staged)
    wanted = max(1, -(-size // _SLICE_BYTES))
    id_ = quote_identifier(table.id)
    sampled = f"arraySort(groupArraySample({wanted * _IDS}, 1)({id_}))"
    ids = client.query(f"select {sampled} from {staged}").first_row[0]
    bounds = sorted({ids[at] for at in range(0, len(ids), _IDS)})[1:]
    for low, high in pairwise([None, *bounds, None]):
        ends = [f"{id_} >= {low}"] * (low is not None) + [f"{id_} < {high}"] * (high is not None)
        within = " and ".join(ends) or "true"
        # more only where an id has very many rows
        parts = -(
            -_count(client, f"select count() from {staged} where {within}") * wanted // (4 * max(1, rows))
        )
        for part in range(max(1, parts)):
            yield within if parts <= 1 else f"{within} and {table.key} % {parts} = {part}"


def _is_new(client: Client, table: RawTable, staged: str, part: str) -> bool:
    """Whether no row of a slice can be one that is stored, or is another of the slice."""
    id_ = quote_identifier(table.id)
    return not _count(
        client,
        f"select (select count() from {table.name} where {part} and {id_} in"
        f" (select {id_} from {staged} where {part})) + count() - uniqExact({table.key})"
        f" from {staged} where {part}",
    )


def _load_slice(client: Client, table: RawTable, rejects: str, staged: str, part: str) -> int:
    """Add the rows of a slice to the table; how many were known."""
    rows = _count(client, f"select count() from {staged} where {part}")
    if _is_new(client, table, staged, part):
        client.command(
            f"insert into {table.name} ({table.listed})"
            f" select {table.listed} from {staged} where {part} settings {TO_STORE}"
        )
        return 0
    id_ = quote_identifier(table.id)
    if _are_stored(
        client, table, staged, rows, f"{part} and {id_} in (select {id_} from {staged} where {part})"
    ):
        return rows
    client.command(
        f"insert into parsed (_seq, _reason, {table.listed})"
        f" select rowNumberInAllBlocks(), '', {table.listed} from {staged} where {part}"
    )
    [(_, _, known, _)] = insert_parsed(client, table, rejects, {0: ""}).values()
    return known


def _size(client: Client, staged: str) -> tuple[int, int]:
    """Rows of a table (a quoted name), and the bytes that they take in memory."""
    rows, size = client.query(
        "select sum(rows), sum(data_uncompressed_bytes) from system.parts"
        " where active and concat('`', database, '`.`', table, '`') = {staged:String}",
        parameters={"staged": staged},
    ).first_row
    return int(rows), int(size)


def _count(client: Client, query: str) -> int:
    counted: Any = client.query(query).first_row[0]
    return int(counted)
