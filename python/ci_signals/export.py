"""Signals and events as files: JSON lines, Parquet and CSV."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import IO

from ci_signals import export_sql as sql
from ci_signals.console import Console
from ci_signals.output import cannot_write
from ci_signals.warehouse import Client, has_table, qualified

SCHEMA = "signals.schema.json"


@dataclass(frozen=True)
class Export:
    """A file and where its rows come from.

    table: a finished table. query: over `{table}`, ordered. format: the engine's.
    header: column names for a first line; the engine streams CSV only without one.
    """

    name: str
    table: str
    query: str
    format: str
    header: tuple[str, ...] = ()


EXPORTS = (
    Export("signals.jsonl", "fct_signals_nested", sql.SIGNAL_LINES, "JSONEachRow"),
    Export("signals.parquet", "fct_signals_nested", sql.NESTED_SIGNALS, "Parquet"),
    Export("signals.csv", "rpt_signal_overview", sql.SIGNALS_CSV, "CSV", tuple(sql.SIGNAL_COLUMNS)),
    Export("events.parquet", "fct_signal_events", sql.EVENTS_PARQUET, "Parquet"),
    Export("events.csv", "fct_signal_events", sql.EVENTS_CSV, "CSV", tuple(sql.EVENT_COLUMNS)),
)


def write_exports(client: Client, database: str, output: Path, console: Console) -> list[Path]:
    """Write every file of EXPORTS whose table is there to `output`, and the schema of signals.jsonl.

    Returns their paths. A reader never sees a half-written file. Raises UserError when
    the folder cannot be written.
    """
    written = [
        _write(client, database, export, output)
        for export in EXPORTS
        if has_table(client, database, export.table)
    ]
    if written:
        with replacing(output / SCHEMA) as file:
            file.write(files("ci_signals").joinpath(SCHEMA).read_bytes())
        written.append(output / SCHEMA)
    for path in written:
        console.detail(f"wrote {path.name}")
    return written


def write_signals_jsonl(client: Client, database: str, output: Path, console: Console) -> Path | None:
    """Write `output`/signals.jsonl alone: one Signal a line, UTF-8, ordered.

    Returns its path, or None when the signals track has not been built.
    """
    jsonl = EXPORTS[0]
    if not has_table(client, database, jsonl.table):
        return None
    path = _write(client, database, jsonl, output)
    console.detail(f"wrote {path}")
    return path


def _write(client: Client, database: str, export: Export, output: Path) -> Path:
    # ClickHouse nests and formats: row by row in Python took longer than all the SQL.
    query = export.query.format(table=qualified(database, export.table))
    path = output / export.name
    with replacing(path) as file, client.raw_stream(query, fmt=export.format) as rows:
        if export.header:
            file.write(",".join(f'"{name}"' for name in export.header).encode() + b"\n")
        shutil.copyfileobj(rows, file, 1 << 20)
    return path


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the place of `path` when the block ends without an error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                yield file
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        Path(file.name).chmod(0o666 & ~_umask())
        Path(file.name).replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
