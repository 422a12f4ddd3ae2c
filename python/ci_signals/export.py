"""Signals as files: a line of JSON each."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.warehouse import Client, has_table, qualified


def write_signals_jsonl(client: Client, database: str, output: Path, console: Console) -> Path | None:
    """Write `output`/signals.jsonl from fct_signals_nested: one Signal a line, UTF-8, ordered.

    Returns its path, or None when the signals track has not been built. A reader never
    sees a half-written file. Raises UserError when the folder cannot be written.
    """
    if not has_table(client, database, "fct_signals_nested"):
        return None
    # ClickHouse nests and formats: row by row in Python took longer than all the SQL.
    query = (
        "select key, workflow_name, job_base_name, source, commits"
        f" from {qualified(database, 'fct_signals_nested')} order by signal_number"
        " settings output_format_json_escape_forward_slashes = 0,"
        " output_format_json_quote_64bit_integers = 0, output_format_json_validate_utf8 = 1,"
        " max_block_size = 64"
    )
    path = output / "signals.jsonl"
    with replacing(path) as file, client.raw_stream(query, fmt="JSONEachRow") as rows:
        shutil.copyfileobj(rows, file, 1 << 20)
    console.detail(f"wrote {path}")
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
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
