"""Load CI rows (`push`, `workflow_job`, `test_run_s3`) into the raw tables.

Lines go to the engine as they are. Parsing them, checking them and leaving out the
rows that are there already is SQL (`ci_sql`), so it is the same embedded and over HTTP.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.ci_sql import LINES, RawTable, insert_parsed, raw_table
from ci_signals.loaders.files import DamagedFileError, bare_name, find_files, open_bytes
from ci_signals.loaders.parquet import parquet_lines
from ci_signals.loaders.raw_tables import ensure_ci_tables
from ci_signals.loaders.row_binary import string, uint64
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified

# Name in a file's name -> the variable of dbt_project.yml that says where its rows go.
_TABLE_VARS = {
    "push": "push_table",
    "workflow_job": "workflow_job_table",
    "test_run_s3": "test_run_table",
}
_NAMED_TABLE = re.compile(rf"(?:^|[^a-z])({'|'.join(_TABLE_VARS)})(?![a-z])")
_FORMATS = {".jsonl", ".json", ".ndjson", ".parquet"}
# A batch is one insert: large enough to be quick, small enough that memory stays flat.
_BATCH_BYTES = 64 << 20
_BATCH_ROWS = 200_000
_LONG_LINE = 64 << 20
_KEPT_OF_LONG_LINE = 4096


@dataclass(frozen=True)
class LoadReport:
    """Rows of one load: read = loaded + known + rejected.

    known: rows that were in the table already. rejected: rows set aside in
    `rejected_rows`, with the reason.
    """

    read: int = 0
    loaded: int = 0
    known: int = 0
    rejected: int = 0

    def __add__(self, other: LoadReport) -> LoadReport:
        return LoadReport(
            self.read + other.read,
            self.loaded + other.loaded,
            self.known + other.known,
            self.rejected + other.rejected,
        )

    def __str__(self) -> str:
        return (
            f"{self.read:,} rows read, {self.loaded:,} loaded, "
            f"{self.known:,} already there, {self.rejected:,} rejected"
        )


def load_ci(settings: Settings, console: Console, paths: list[Path]) -> LoadReport:
    """Load every file among `paths` and below its folders; the table is told by the file's name.

    Returns the counts over all files. Raises UserError when a path does not exist, a
    named file has no table or format in its name, no file is found, or some are damaged
    (the rows before the damage and the other files are loaded by then; loading again is safe).
    """
    files = _choose_files(paths, console)
    database = settings.project_vars["ci_database"]
    tables = {name: settings.project_vars[var] for name, var in _TABLE_VARS.items()}
    reports: dict[Path, LoadReport] = {}
    damaged: list[str] = []
    with open_client(settings) as client, console.progress("loading") as progress:
        rejects = f"{settings.project_vars['load_database']}.rejected_rows"
        ensure_ci_tables(settings, console, client)
        client.command(LINES)
        progress.start(len(files))
        for file, name in files:
            table = raw_table(client, name, database, tables[name])
            try:
                for report in _load_file(settings, client, table, file, qualified(*rejects.split(".", 1))):
                    reports[file] = reports.get(file, LoadReport()) + report
            except DamagedFileError as error:
                damaged.append(str(error))
            console.say(f"{file}: {reports.get(file, LoadReport())} ({name})")
            progress.advance()
    total = sum(reports.values(), LoadReport())
    if total.rejected:
        console.warn(f"{total.rejected:,} rows were rejected; see {rejects} for the reasons")
    if damaged:
        raise UserError("; ".join(damaged))
    return total


def _choose_files(paths: list[Path], console: Console) -> list[tuple[Path, str]]:
    chosen, named = [], set(paths)
    for file in find_files(paths):
        name = _table_of(file)
        if name:
            chosen.append((file, name))
        elif file in named:
            raise UserError(
                f"{file}: name it after its table ({', '.join(_TABLE_VARS)}) "
                "and its format (.jsonl or .parquet, with .gz or .zst if compressed)"
            )
        else:
            console.detail(f"{file}: not a file of CI rows, passed over")
    if not chosen:
        raise UserError(f"no files of {', '.join(_TABLE_VARS)} rows in {', '.join(map(str, paths))}")
    return chosen


def _table_of(file: Path) -> str | None:
    name = bare_name(file)
    match = _NAMED_TABLE.search(name.lower())
    return match[1] if match and Path(name).suffix.lower() in _FORMATS else None


def _load_file(
    settings: Settings, client: Client, table: RawTable, file: Path, rejects: str
) -> Iterator[LoadReport]:
    # a name in bytes that are no UTF-8 is stored with those written out
    name = os.fsencode(file).decode("utf-8", "backslashreplace")
    for numbers, lines in _batches(_lines(settings, file)):
        client.command("truncate table lines")
        rows = b"".join(uint64(number) + string(line) for number, line in zip(numbers, lines, strict=True))
        client.raw_insert("lines", ["_row", "_line"], rows, fmt="RowBinary")
        yield LoadReport(*insert_parsed(client, table, rejects, name))
    client.command("truncate table lines")


def _lines(settings: Settings, file: Path) -> Iterator[bytes]:
    if Path(bare_name(file)).suffix.lower() == ".parquet":
        yield from parquet_lines(settings, file)
        return
    with open_bytes(file) as source:
        for line in iter(partial(source.readline, _LONG_LINE), b""):
            yield line if len(line) < _LONG_LINE else _start_of_long_line(line, source)


def _start_of_long_line(line: bytes, source: IO[bytes]) -> bytes:
    """What is kept of a line beyond _LONG_LINE, to be set aside as no JSON; the rest is passed over."""
    rest = line
    while rest and not rest.endswith(b"\n"):
        rest = source.readline(_LONG_LINE)
    return line[:_KEPT_OF_LONG_LINE]


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[list[int], list[bytes]]]:
    """Batches of the lines that are not blank, and the numbers that they have in the file, from 1.

    What came before a DamagedFileError is a batch too; then it is raised.
    """
    numbers: list[int] = []
    batch: list[bytes] = []
    size, damage = 0, None
    try:
        for number, line in enumerate(lines, 1):
            stripped = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).strip(b" \t\r\n")
            if not stripped:
                continue
            numbers.append(number)
            batch.append(stripped)
            size += len(stripped)
            if size >= _BATCH_BYTES or len(batch) >= _BATCH_ROWS:
                yield numbers, batch
                numbers, batch, size = [], [], 0
    except DamagedFileError as error:
        damage = error
    if batch:
        yield numbers, batch
    if damage:
        raise damage
