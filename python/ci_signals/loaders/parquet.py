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
from pathlib import Path
from typing import Any, NamedTuple

from clickhouse_connect.driver.binding import format_str

from ci_signals.loaders.ci_sql import RawTable
from ci_signals.loaders.files import DamagedFileError
from ci_signals.loaders.parquet_types import typed_query
from ci_signals.settings import Settings
from ci_signals.store import connect_memory

# The reader would decode as far ahead as 4 GB.
READ = (
    "input_format_parquet_preserve_order = 1, input_format_parquet_memory_high_watermark = 50000000"
    ", output_format_json_quote_64bit_integers = 0"
)
_STEPS = (
    f"{READ[: READ.index(',')]}, input_format_parquet_memory_high_watermark = 1"
    ", input_format_parquet_memory_low_watermark = 1, input_format_parquet_max_block_size = 100"
    ", max_threads = 1, max_parsing_threads = 1, output_format_json_quote_64bit_integers = 0"
)
# Files of so many rows are worth a table of their own (staging.py).
_LARGE = 50_000


class ParquetBlock(NamedTuple):
    """Rows of a file: lines of JSON, or (is_typed) rows of `parsed` in format Native.

    query: instead of data, a query for all rows of the file that the target can run itself.
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
    engine: LocalEngine, table: RawTable, file: Path, before: int, as_query: bool
) -> Iterator[ParquetBlock]:
    """The rows of a file; `before` rows of the load come before them.

    as_query: as a query, which may fail, where the target can run it and the file is large. Raises
    DamagedFileError when the file is not Parquet or is damaged, after the rows before the damage.
    """
    link = engine.link(file)
    source = f"file({format_str(str(link))}, Parquet"
    try:
        types = {column["name"]: column["type"] for column in engine.rows(f"describe table {source})")}
        query = typed_query(table, types, source, before)
        [metadata] = engine.rows(f"select num_rows from {source}Metadata)")
        total = max(1, int(metadata["num_rows"]))
        if query and as_query and engine.is_target and table.is_plain and total >= _LARGE:
            yield ParquetBlock(b"", total, True, 1.0, query)
            return
        asked, shown = (query, "Native") if query else (f"select * from {source}) as rows", "JSONEachRow")
        done = 0
        try:
            for block in _stream(engine, f"{asked} settings {READ}", shown):
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
