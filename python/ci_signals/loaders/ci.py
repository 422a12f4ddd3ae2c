"""Load CI rows (`push`, `workflow_job`, `test_run_s3`) into the raw tables.

Lines go to the engine as they are. Parsing them, checking them and leaving out the
rows that are there already is SQL (`ci_sql`), so it is the same embedded and over HTTP.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.console import Console
from ci_signals.damage import restoring
from ci_signals.errors import UserError
from ci_signals.loaders.batches import Batch, BatchReader, is_parquet
from ci_signals.loaders.ci_sql import (
    CountsByFile,
    RawTable,
    insert_parsed,
    mark_parsed,
    parse_lines,
    raw_table,
    start_table,
)
from ci_signals.loaders.files import bare_name, find_files, stored_name
from ci_signals.loaders.junit import settle_waiting
from ci_signals.loaders.parquet import LocalEngine, local_engine
from ci_signals.loaders.raw_tables import check_test_rows_are_ours, ensure_ci_tables
from ci_signals.loaders.staging import drop_staged, following, load_staged
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified

TABLE_VARS = {
    "push": "push_table",
    "workflow_job": "workflow_job_table",
    "test_run_s3": "test_run_table",
}
"""Name in a file's name -> the variable of dbt_project.yml that says where its rows go."""

_NAMED_TABLE = re.compile(rf"(?:^|[^a-z])({'|'.join(TABLE_VARS)})(?![a-z])")
_FORMATS = {".jsonl", ".json", ".ndjson", ".parquet"}
_BATCH_BYTES = 24 << 20
_LONG_LINE = 32 << 20  # the largest event that GitHub sends is 25 MB

Finish = Callable[[Client, RawTable, str, dict[int, str]], CountsByFile]
"""What becomes of a batch that is parsed: `insert_parsed`, or `mark_parsed` with the table of marks."""


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

    def after(self, earlier: LoadReport) -> LoadReport:
        """The counts of two loads of the same rows, as one."""
        return replace(self, loaded=self.loaded + earlier.loaded, known=self.known - earlier.loaded)

    def __str__(self) -> str:
        return (
            f"{self.read:,} rows read, {self.loaded:,} loaded, "
            f"{self.known:,} already there, {self.rejected:,} rejected"
        )


class NothingUsableError(UserError):
    """Every row of a load was set aside. report: its counts."""

    def __init__(self, text: str, report: LoadReport) -> None:
        super().__init__(text)
        self.report = report


class _Step(NamedTuple):
    """One batch: the counts of the files that ended in it, its rows, and bytes of files read for it."""

    ended: dict[Path, LoadReport]
    rows: int
    read_on_disk: int


def load_ci(settings: Settings, console: Console, paths: list[Path]) -> LoadReport:
    """Load every file among `paths` and below its folders; the table is told by the file's name.

    Returns the counts over all files. Raises UserError when a path does not exist, a
    named file has no table or format in its name, no file is found, some are damaged
    (the rows before the damage and the other files are loaded by then; loading again is safe), or
    every row was set aside.
    """
    files = choose_files(paths, console)
    if any(kind == "test_run_s3" for _, kind in files):
        check_test_rows_are_ours(settings)
    started = time.monotonic()
    database = settings.project_vars["ci_database"]
    rejects = f"{settings.project_vars['load_database']}.rejected_rows"
    total, rows, damaged, useless = LoadReport(), 0, list[str](), list[Path]()
    has_parquet = any(is_parquet(file) for file, _ in files)
    with (
        open_client(settings, whole=False) as client,
        restoring(settings, client, console),
        local_engine(settings) if has_parquet else nullcontext() as engine,
        console.progress("loading") as progress,
    ):
        ensure_ci_tables(settings, console, client)
        progress.start(sum(file.stat().st_size for file, _ in files) >> 10)

        def tell(staged: int = 0) -> None:
            speed = (rows + staged) / (time.monotonic() - started)
            progress.describe(f"loading, {rows + staged:,} rows, {speed:,.0f} a second, KB")

        for kind, variable in TABLE_VARS.items():
            chosen = sorted((file for file, name in files if name == kind), key=is_parquet)
            if not chosen:
                continue
            table = raw_table(client, kind, database, settings.project_vars[variable])
            start_table(client, table)
            if settings.is_embedded:
                drop_staged(client, table)
            reader = batch_reader(table, engine, damaged)

            with following(settings, table, tell) if engine and engine.is_target else nullcontext():
                for step in load_files(client, reader, chosen, qualified(*rejects.split(".", 1))):
                    for file, report in step.ended.items():
                        console.say(f"{file}: {report} ({kind})")
                        total += report
                        if report.read == report.rejected > 0:
                            useless.append(file)
                    rows += step.rows
                    progress.advance(step.read_on_disk >> 10)
                    tell()
        if any(kind == "workflow_job" for _, kind in files):
            settle_waiting(settings, console, client)
        listed = _listed(client, qualified(*rejects.split(".", 1)), useless) if useless else ""
    seconds = time.monotonic() - started
    console.say(f"{total} in {seconds:.1f} s, {total.read / seconds:,.0f} rows a second")
    if total.rejected:
        console.warn(f"{total.rejected:,} rows were rejected; see {rejects} for the reasons")
    if damaged:
        raise UserError("; ".join(damaged))
    if total.read == total.rejected > 0:
        raise NothingUsableError(f"no row of {listed} can be used", total)
    if useless:
        console.warn(f"no row of {len(useless)} of {len(files)} files can be used: {listed}")
    return total


def _listed(client: Client, rejects: str, files: list[Path], most: int = 5) -> str:
    """The first files, each with the reason for which its first row was set aside, and how many more."""
    names = [stored_name(file) for file in files[:most]]
    found = client.query(
        f"select file, argMin(reason, row_number) from {rejects} final"
        " where file in {files:Array(String)} group by file",
        parameters={"files": names},
    )
    reasons = dict(found.result_rows)
    named = [f"{name} ({reasons[name]})" for name in names]
    more = [f"and {len(files) - most} more"] if len(files) > most else []
    return ", ".join(named + more)


def batch_reader(table: RawTable, engine: LocalEngine | None, damaged: list[str]) -> BatchReader:
    """A reader of files of the table; see there for its arguments."""
    return BatchReader(table, engine, _BATCH_BYTES, _LONG_LINE, damaged)


def load_files(
    client: Client, reader: BatchReader, files: list[Path], rejects: str, finish: Finish = insert_parsed
) -> Iterator[_Step]:
    """Load files of one table, batch by batch; `finish` takes each batch, with the table `rejects`."""
    counts: dict[int, LoadReport] = {}
    torn: dict[Path, LoadReport] = {}
    for batch in reader.read(files):
        counted_now = load_batch(client, reader.table, rejects, batch, finish)
        for start, counted in counted_now.items():
            counts[start] = counts.get(start, LoadReport()) + LoadReport(*counted)
        ended = {file: counts.get(start, LoadReport()) for file, start, rows in batch.finished if rows}
        ended |= {file: LoadReport() for file, _, rows in batch.finished if not rows}
        torn |= {
            file: ended.pop(file)
            for file, _, rows in batch.finished
            if batch.query and ended[file].read != rows
        }
        yield _Step(ended, sum(read for read, *_ in counted_now.values()), batch.read_on_disk)
    if torn:  # as a stream, which gives all that comes before the damage
        for step in load_files(client, replace(reader, as_query=False), list(torn), rejects, finish):
            yield _Step({file: report.after(torn[file]) for file, report in step.ended.items()}, step.rows, 0)


def load_batch(
    client: Client, table: RawTable, rejects: str, batch: Batch, finish: Finish = insert_parsed
) -> CountsByFile:
    """Insert a batch, by the session's tables that `start_table` made; the counts of its files."""
    data = b"".join(batch.data)
    batch.data.clear()
    if batch.query:
        return _load_query(client, table, rejects, batch, finish)
    if not data:
        return {}
    if batch.is_typed:
        client.raw_insert("parsed", None, data, fmt="Native")
    else:
        parse_lines(client, table, data, batch.before, sorted(batch.others))
    return finish(client, table, rejects, batch.files)


def _load_query(client: Client, table: RawTable, rejects: str, batch: Batch, finish: Finish) -> CountsByFile:
    """Load a large file that the engine reads; {} when it cannot, to read it as a stream."""
    if finish is insert_parsed:
        [start] = batch.files
        rows = max(rows for _, before, rows in batch.finished if before == start)
        return load_staged(client, table, rejects, batch.query, rows, batch.files)
    try:
        return mark_parsed(client, table, rejects, batch.files, f"({batch.query})")
    except ClickHouseError:
        return {}


def choose_files(paths: list[Path], console: Console) -> list[tuple[Path, str]]:
    chosen, named = [], set(paths)
    for file in find_files(paths):
        name = table_of(file)
        if name:
            chosen.append((file, name))
        elif file in named:
            raise UserError(
                f"{file}: name it after its table ({', '.join(TABLE_VARS)}) "
                "and its format (.jsonl or .parquet, with .gz or .zst if compressed)"
            )
        else:
            console.detail(f"{file}: not a file of CI rows, passed over")
    if not chosen:
        raise UserError(f"no files of {', '.join(TABLE_VARS)} rows in {', '.join(map(str, paths))}")
    return chosen


def table_of(file: Path) -> str | None:
    """The kind of rows that the file has by its name; None for other files."""
    name = bare_name(file)
    match = _NAMED_TABLE.search(name.lower())
    return match[1] if match and Path(name).suffix.lower() in _FORMATS else None
