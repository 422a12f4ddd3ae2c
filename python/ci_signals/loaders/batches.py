"""Files of CI rows in batches: a batch is one insert, and many small files share one.

A batch is large enough to be quick and small enough that memory stays flat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ci_signals.loaders.ci_sql import RawTable
from ci_signals.loaders.files import DamagedFileError, bare_name, stored_name
from ci_signals.loaders.lines import line_blocks
from ci_signals.loaders.parquet import LocalEngine, parquet_blocks

# Other values than the table's that a line may have, and that its pattern still vouches for.
_MOST_OTHERS = 200
# Rows that are not parsed any more take less memory beside their own.
_TYPED_TIMES = 2
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


@dataclass
class Batch:
    """Rows to insert, and the files that they are of.

    before: lines of the load before the batch. is_typed: rows in format Native, not lines
    of JSON. files: the name of each file, by the lines of the load before it. finished:
    the files that end in this batch, with the same number, and how many lines each has.
    others: names of values that the lines may have beside the table's columns. query:
    instead of data, a query for all rows of a file. read_on_disk: bytes of files read for it.
    """

    before: int
    is_typed: bool = False
    data: list[bytes] = field(default_factory=list)
    size: int = 0
    files: dict[int, str] = field(default_factory=dict)
    finished: list[tuple[Path, int, int]] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    query: str = ""
    read_on_disk: int = 0


class _Block(NamedTuple):
    data: bytes
    rows: int
    is_typed: bool
    read_on_disk: int
    query: str = ""


@dataclass
class BatchReader:
    """Reads files of one table. damaged: what was wrong with files, in the words for people.

    engine: a handle to read Parquet with. longest: bytes of the longest line.
    as_query: whether large Parquet files come as queries.
    """

    table: RawTable
    engine: LocalEngine | None
    batch_bytes: int
    longest: int
    damaged: list[str]
    as_query: bool = True

    def read(self, files: list[Path]) -> Iterator[Batch]:
        """The files in batches; the next one is read while the caller is busy with the one before."""
        batches = self._batches(files)
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(next, batches, None)
            while batch := coming.result():
                coming = pool.submit(next, batches, None)
                yield batch

    def _batches(self, files: list[Path]) -> Iterator[Batch]:
        seen, batch = 0, Batch(0)
        for file in files:
            start, read_on_disk, others = seen, 0, set[str]()
            try:
                for block in self._blocks(file, start):
                    if seen == start and not block.is_typed:
                        others = self._others(block.data)
                    most = self.batch_bytes * (_TYPED_TIMES if block.is_typed else 1)
                    is_full = batch.size + len(block.data) > most
                    is_other = batch.is_typed != block.is_typed or block.query or batch.query
                    if batch.files and (is_full or is_other):
                        yield batch
                        batch = Batch(seen)
                    batch.is_typed = block.is_typed
                    batch.data.append(block.data)
                    batch.size += len(block.data)
                    batch.query = block.query
                    batch.files[start] = stored_name(file)
                    batch.others |= others
                    batch.read_on_disk += block.read_on_disk - read_on_disk
                    read_on_disk = block.read_on_disk
                    seen += block.rows
            except DamagedFileError as error:
                self.damaged.append(str(error))
            batch.finished.append((file, start, seen - start))
        yield batch

    def _blocks(self, file: Path, before: int) -> Iterator[_Block]:
        if self.engine and is_parquet(file):
            size = file.stat().st_size
            for block in parquet_blocks(self.engine, self.table, file, before, self.as_query):
                yield _Block(block.data, block.rows, block.is_typed, int(size * block.share), block.query)
        else:
            for lines, read_on_disk in line_blocks(file, self.longest):
                yield _Block(lines, lines.count(b"\n"), False, read_on_disk)

    def _others(self, lines: bytes) -> set[str]:
        """Names of the first line's values that are no columns of the table."""
        try:
            first = json.loads(lines[: lines.index(b"\n")])
            names = {name for name in first if name not in self.table.columns and _PLAIN_NAME.fullmatch(name)}
        except (ValueError, TypeError, RecursionError):
            return set()
        return names if len(names) <= _MOST_OTHERS else set()


def is_parquet(file: Path) -> bool:
    """Whether the file's name says that it is a Parquet file."""
    return Path(bare_name(file)).suffix.lower() == ".parquet"
