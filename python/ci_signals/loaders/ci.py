"""Load CI rows (`push`, `workflow_job`, `test_run_s3`) into the raw tables.

Lines go to the engine as they are. Parsing them, checking them and leaving out the
rows that are there already is SQL (`ci_sql`), so it is the same embedded and over HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.ci_sql import LINES, RawTable, insert_parsed, raw_table
from ci_signals.loaders.files import bare_name, find_files, open_bytes
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
    named file has no table or format in its name, no file is found, or one is damaged
    (the rows before the damage are loaded by then; loading again is safe).
    """
    files = _choose_files(paths, console)
    database = settings.project_vars["ci_database"]
    tables = {name: settings.project_vars[var] for name, var in _TABLE_VARS.items()}
    total = LoadReport()
    with open_client(settings) as client, console.progress("loading") as progress:
        rejects = f"{settings.project_vars['load_database']}.rejected_rows"
        ensure_ci_tables(settings, console, client)
        client.command(LINES)
        progress.start(len(files))
        for file, name in files:
            table = raw_table(client, name, database, tables[name])
            report = _load_file(settings, client, table, file, qualified(*rejects.split(".", 1)))
            console.say(f"{file}: {report} ({name})")
            total += report
            progress.advance()
    if total.rejected:
        console.warn(f"{total.rejected:,} rows were rejected; see {rejects} for the reasons")
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


def _load_file(settings: Settings, client: Client, table: RawTable, file: Path, rejects: str) -> LoadReport:
    report = LoadReport()
    for first_row, lines in _batches(_lines(settings, file)):
        client.command("truncate table lines")
        rows = b"".join(uint64(number) + string(line) for number, line in enumerate(lines, first_row))
        client.raw_insert("lines", ["_row", "_line"], rows, fmt="RowBinary")
        counts = insert_parsed(client, table, rejects, str(file))
        report += LoadReport(*counts)
    client.command("truncate table lines")
    return report


def _lines(settings: Settings, file: Path) -> Iterator[bytes]:
    if Path(bare_name(file)).suffix.lower() == ".parquet":
        yield from parquet_lines(settings, file)
        return
    with open_bytes(file) as source:
        yield from source


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Batches of non-blank lines, each with the number of its first row in the file, from 1."""
    batch: list[bytes] = []
    first, size = 1, 0
    for line in lines:
        stripped = line.strip(b"\xef\xbb\xbf \t\r\n")
        if not stripped:
            continue
        batch.append(stripped)
        size += len(stripped)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_ROWS:
            yield first, batch
            first, batch, size = first + len(batch), [], 0
    if batch:
        yield first, batch
