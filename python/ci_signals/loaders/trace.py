"""Load a torch.compile trace: its lines go into `trace_lines`, its run into `trace_runs`, and its key into
`trace_loads`."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO

from ci_signals.console import Console, ProgressBar
from ci_signals.damage import restoring
from ci_signals.errors import UserError
from ci_signals.loaders.files import open_bytes
from ci_signals.loaders.raw_tables import ensure_load_tables
from ci_signals.loaders.row_binary import string, uint32, uint64
from ci_signals.loaders.trace_runs import ONLY_RUN, RunOptions, drop_load, write_run
from ci_signals.loaders.trace_scan import REPAIRED, ScannedLine, scan_document, scan_jsonl, scan_log
from ci_signals.loaders.trace_sources import TraceFile, trace_files, trace_name
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified

_SCANNERS = {"log": scan_log, "intermediate": scan_jsonl, "string_table": scan_document}
_PAYLOAD = b"payload"
_COLUMNS = ["load_id", "source_number", "file", "door", "line_number", "problem", "line"]
_BATCH = 8 << 20
_MEGABYTE = 1 << 20


def load_trace(
    settings: Settings,
    console: Console,
    paths: list[Path],
    name: str | None,
    strict: bool = False,
    options: RunOptions = ONLY_RUN,
) -> str:
    """Load raw TORCH_TRACE logs, or folders of intermediate files, as one trace, or as one run of it.

    Returns its key, NAME or NAME/RUN.

    An earlier trace of that name and run is replaced at the very end, so a load that stops midway
    leaves it in place. Memory does not grow with the files. Raises UserError for a name that
    cannot be a folder's, for missing or unreadable files, when no file has a record (no trace is
    made), when the log has no time and its run is to be named by it, and with `strict` when lines
    were set aside (exit code 1; the trace is loaded nevertheless).
    """
    title, files = trace_name(paths, name), trace_files(paths)
    database = str(settings.project_vars["load_database"])
    lines, loads = qualified(database, "trace_lines"), qualified(database, "trace_loads")
    with open_client(settings, whole=False) as client, restoring(settings, client, console):
        ensure_load_tables(settings, console, client, ["trace_loads", "trace_lines", "trace_runs"])
        load_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}_{secrets.token_hex(6)}"
        with console.progress(f"load {title}") as progress:
            if not any(file.path.suffix in {".gz", ".zst"} for file in files):
                progress.start(sum(file.path.stat().st_size for file in files) // _MEGABYTE)
            for rows in _batches(_rows(load_id, files, progress)):
                client.raw_insert(lines, _COLUMNS, rows, fmt="RowBinary")
        counts = _counts(client, lines, load_id)
        if not any(_records(counts[file.key]) for file in files if file.door != "string_table"):
            drop_load(client, database, load_id)
            raise UserError(f"no trace: no record in {_listed(files, counts)}")
        trace = write_run(client, database, load_id, title, files, options)
        row = string(trace.encode()) + string(load_id.encode()) + uint32(len(files))
        client.raw_insert(loads, ["trace", "load_id", "files"], row, fmt="RowBinary")
        _drop_unnamed(client, settings, database)
    rejected = _report(console, trace, len(files), sum(counts.values(), Counter()))
    useless = [file for file in files if _is_useless(file, counts[file.key])]
    if useless:
        listed = _listed(useless, counts)
        console.warn(f"trace {trace}: no record in {len(useless)} of {len(files)} files: {listed}")
    if strict and rejected:
        raise UserError(f"{rejected} line(s) of trace {trace} were set aside", exit_code=1)
    return trace


def _rows(load_id: str, files: list[TraceFile], progress: ProgressBar) -> Iterator[bytes]:
    for file in files:
        start = string(load_id.encode()) + uint32(file.source) + string(file.label.encode())
        heads = (start + string(file.door.encode()), start + string(_PAYLOAD))
        with open_bytes(file.path) as opened:
            for line in _SCANNERS[file.door](_Watched(opened, progress)):
                yield _row(heads[line.is_payload], line)


class _Watched:
    """A file that moves the progress bar by one step per megabyte read."""

    def __init__(self, file: IO[bytes], progress: ProgressBar) -> None:
        self._file = file
        self._progress = progress
        self._waiting = 0

    def read(self, size: int, /) -> bytes:
        return self._seen(self._file.read(size))

    def readline(self, size: int, /) -> bytes:
        return self._seen(self._file.readline(size))

    def _seen(self, data: bytes) -> bytes:
        self._waiting += len(data)
        if self._waiting >= _MEGABYTE:
            self._progress.advance(self._waiting // _MEGABYTE)
            self._waiting %= _MEGABYTE
        return data


def _row(head: bytes, line: ScannedLine) -> bytes:
    return head + uint64(line.number) + _problem(line.problem) + string(line.text)


def _batches(rows: Iterator[bytes]) -> Iterator[bytes]:
    batch, size = [], 0
    for row in rows:
        batch.append(row)
        size += len(row)
        if size >= _BATCH:
            yield b"".join(batch)
            batch, size = [], 0
    if batch:
        yield b"".join(batch)


@lru_cache(maxsize=64)
def _problem(problem: str) -> bytes:
    return string(problem.encode())


def _counts(client: Client, lines: str, load_id: str) -> dict[tuple[int, str], Counter[str]]:
    """How many lines of each file have which reason to be set aside; '' for good ones."""
    found = client.query(
        f"select source_number, file, reason, count() from {lines}"
        " where load_id = {load:String} and door != 'payload' group by all order by all",
        parameters={"load": load_id},
    )
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for source, file, reason, lines_of_it in found.result_rows:
        counts[source, file][reason] = lines_of_it
    return counts


def _records(reasons: Counter[str]) -> int:
    return reasons[""] + reasons[REPAIRED]


def _is_useless(file: TraceFile, reasons: Counter[str]) -> bool:
    """Whether a file that should have records has none. A trace without guards has an empty guards.jsonl."""
    return not _records(reasons) and (file.door == "log" or bool(reasons))


def _listed(files: list[TraceFile], counts: dict[tuple[int, str], Counter[str]], most: int = 5) -> str:
    """The first files, each with what is wrong with its lines, and how many more there are."""
    nothing = {"string_table": "no records"}
    named = [
        f"{file.path} ({_why(counts[file.key]) or nothing.get(file.door, 'empty')})" for file in files[:most]
    ]
    more = [f"and {len(files) - most} more"] if len(files) > most else []
    return ", ".join(named + more)


def _why(reasons: Counter[str]) -> str:
    return ", ".join(f"{reason}: {count}" for reason, count in reasons.most_common() if reason)


def _drop_unnamed(client: Client, settings: Settings, database: str) -> None:
    """Drop the lines of loads that were replaced or stopped. On a server another load may be
    running, so lines that no name points to yet are kept for a day."""
    day_ago = f"{datetime.now(UTC) - timedelta(days=1):%Y%m%dT%H%M%S}"
    loads = qualified(database, "trace_loads")
    stored = client.query(
        "select distinct partition from system.parts where active and table = 'trace_lines' "
        "and database = {database:String}",
        parameters={"database": database},
    )
    named = client.query(f"select trace, load_id, loaded_at from {loads}").result_rows
    newest: dict[str, tuple[datetime, str]] = {}
    for trace, load_id, loaded_at in named:
        newest[trace] = max(newest.get(trace, (loaded_at, load_id)), (loaded_at, load_id))
    current = {load_id for _, load_id in newest.values()}
    replaced = {load_id for _, load_id, _ in named} - current
    for (partition,) in stored.result_rows:
        load_id = str(partition)
        unnamed = load_id not in current and (settings.is_embedded or load_id < day_ago)
        if load_id in replaced or unnamed:
            drop_load(client, database, load_id)


def _report(console: Console, trace: str, files: int, reasons: Counter[str]) -> int:
    """Print what was loaded. Returns the number of lines that were set aside or repaired."""
    console.say(f"trace {trace}: {_records(reasons)} records from {files} file(s)")
    del reasons[""]
    rejected = reasons.total()
    if rejected:
        console.warn(f"trace {trace}: {rejected} line(s) set aside ({_why(reasons)})")
    return rejected
