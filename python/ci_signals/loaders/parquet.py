"""Parquet files, read by the engine in this process whatever the target is.

A file whose columns have types that fit the table's comes as typed rows. Any other comes
as lines of JSON, so that its values are checked as those of a .jsonl are.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from clickhouse_connect.driver.binding import format_str, quote_identifier

from ci_signals.loaders.ci_sql import RawTable
from ci_signals.loaders.files import DamagedFileError
from ci_signals.loaders.parquet_types import typed_query
from ci_signals.settings import Settings
from ci_signals.store import connect_memory

# The reader would decode as far ahead as 4 GB.
_READ = (
    "input_format_parquet_preserve_order = 1, input_format_parquet_memory_high_watermark = 50000000"
    ", output_format_json_quote_64bit_integers = 0"
)
_STEPS = (
    f"{_READ[: _READ.index(',')]}, input_format_parquet_memory_high_watermark = 1"
    ", input_format_parquet_memory_low_watermark = 1, input_format_parquet_max_block_size = 100"
    ", max_threads = 1, max_parsing_threads = 1, output_format_json_quote_64bit_integers = 0"
)
_SMALL_BLOCKS = "min_insert_block_size_rows = 65536, min_insert_block_size_bytes = 0"
# Memory that the rows of a slice take, and how many slices a row group is cut into at most.
_SLICE_BYTES = 64 << 20
_MOST_SLICES = 10


class ParquetBlock(NamedTuple):
    """Rows of a file: lines of JSON, or (is_typed) rows of `parsed` in format Native.

    query: instead of data, a query for rows of `parsed` that the target can run itself.
    share: how much of the file was read by then, 0 to 1.
    """

    data: bytes
    rows: int
    is_typed: bool
    share: float
    query: str = ""


@dataclass
class LocalEngine:
    """A chDB handle to read files with, and a folder for links to them.

    is_target: whether it is the engine that rows are loaded into, too.
    """

    handle: Any
    folder: Path
    is_target: bool
    links: int = 0

    def link(self, file: Path) -> Path:
        """Another name for the file: the engine expands * ? { } in paths."""
        self.links += 1
        link = self.folder / f"{self.links}.parquet{file.suffix if file.suffix != '.parquet' else ''}"
        link.symlink_to(file.resolve())
        return link

    def rows(self, query: str) -> list[dict[str, Any]]:
        return [json.loads(row) for row in self.handle.query(query, "JSONEachRow").bytes().splitlines()]


@contextmanager
def local_engine(settings: Settings) -> Iterator[LocalEngine]:
    """An engine on the embedded store, which has to be open, or on no store where the target is a server."""
    # one engine path per process
    memory = None if settings.is_embedded else connect_memory()
    import chdb

    handle = chdb.connect(os.path.realpath(settings.store) if settings.is_embedded else ":memory:")
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield LocalEngine(handle, Path(folder), settings.is_embedded)
    finally:
        handle.close()
        if memory:
            memory.close()


def parquet_blocks(
    engine: LocalEngine, table: RawTable, file: Path, before: int, in_slices: bool
) -> Iterator[ParquetBlock]:
    """The rows of a file; `before` rows of the load come before them.

    in_slices: as queries, where the target can run them and the file allows it; one of
    them may fail. Raises DamagedFileError when the file is not Parquet or is damaged, after
    the rows before the damage.
    """
    link = engine.link(file)
    source = f"file({format_str(str(link))}, Parquet"
    try:
        types = {column["name"]: column["type"] for column in engine.rows(f"describe table {source})")}
        query = typed_query(table, types, source, before)
        if query and in_slices and engine.is_target and (slices := _slices(engine, table, source, query)):
            yield from slices
            return
        metadata = engine.rows(f"select num_rows from {source}Metadata)")
        total = max(1, *(int(row["num_rows"]) for row in metadata))
        asked, shown = (query, "Native") if query else (f"select * from {source}) as rows", "JSONEachRow")
        done = 0
        try:
            for block in _stream(engine, f"{asked} settings {_READ}", shown):
                done += block.rows
                yield block._replace(share=done / total)
        except RuntimeError:  # the engine had read far ahead: once more, step by step to the damage
            yield from _stream(engine, f"{asked} limit {total} offset {done} settings {_STEPS}", shown)
            raise
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0].replace(str(link), str(file))
        raise DamagedFileError(f"cannot read {file} as Parquet: {reason}") from error


def _stream(engine: LocalEngine, query: str, shown: str) -> Iterator[ParquetBlock]:
    for block in engine.handle.send_query(query, shown):
        if data := block.bytes():
            yield ParquetBlock(data, block.rows_read(), shown == "Native", 1.0)


def _slices(engine: LocalEngine, table: RawTable, source: str, query: str) -> list[ParquetBlock]:
    """The file in ranges of ids, when its row groups are in their order; else nothing.

    No rows go through Python then, which takes longer than decoding them.
    """
    statistics = engine.rows(f"""
        select
            tupleElement(part, 'num_rows') as rows,
            arrayFirst(
                column -> tupleElement(column, 'path') = {format_str(table.id)}, tupleElement(part, 'columns')
            ) as id,
            tupleElement(tupleElement(id, 'statistics'), 'min') as least,
            tupleElement(tupleElement(id, 'statistics'), 'max') as most,
            tupleElement(tupleElement(id, 'statistics'), 'null_count') as nulls
        from {source}Metadata)
        array join row_groups as part
        order by toInt64OrNull(least), toInt64OrNull(most)
    """)
    try:
        sample = engine.rows(f"select avg(byteSize(*)) as width from (select * from {source}) limit 10000)")
        groups = [(int(group["least"]), int(group["most"]), int(group["rows"])) for group in statistics]
    except (TypeError, ValueError, RuntimeError):  # ids without statistics, or a damaged start
        return []
    in_order = all(this[0] < following[0] and this[1] <= following[0] for this, following in pairwise(groups))
    has_nulls = any(int(group["nulls"] or 0) for group in statistics)
    most_rows = int(_SLICE_BYTES / max(1.0, float(sample[0]["width"] or 1)))
    if (
        not groups
        or not in_order
        or has_nulls
        or any(rows > _MOST_SLICES * most_rows for _, _, rows in groups)
    ):
        return []
    total = sum(rows for _, _, rows in groups)
    bounds, size = [groups[0][0]], 0  # the least id of each slice, and rows of the last one so far
    for least, most, rows in groups:
        if size and size + rows > most_rows:
            bounds.append(least)
            size = 0
        parts = -(-rows // most_rows)  # ids are about evenly spread
        bounds += [least + (most + 1 - least) * part // parts for part in range(1, parts)]
        size += rows // parts
    column, blocks = f"rows.{quote_identifier(table.id)}", list[ParquetBlock]()
    for number, (low, high) in enumerate(pairwise([*bounds, None]), start=1):
        end = "" if high is None else f" and {column} < {high}"
        asked = f"{query} where {column} >= {low}{end} settings {_READ}, {_SMALL_BLOCKS}"
        # rows keep their numbers in the file, so all of them count with the last slice
        rows = total if high is None else 0
        blocks.append(ParquetBlock(b"", rows, True, number / len(bounds), asked))
    return blocks
