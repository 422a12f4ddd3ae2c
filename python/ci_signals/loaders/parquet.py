"""Parquet files as lines of JSON, so that rows of every format take the same way in."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from clickhouse_connect.driver.binding import format_str
from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.loaders.files import DamagedFileError
from ci_signals.settings import Settings
from ci_signals.store import connect_memory, connect_store
from ci_signals.warehouse import Client


def parquet_lines(settings: Settings, file: Path) -> Iterator[bytes]:
    """Each row of a Parquet file as one line of JSON, in the file's order, streamed.

    The embedded engine reads the file, whatever the target is. Raises DamagedFileError
    when it is not a Parquet file or is damaged.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The engine expands * ? { } in paths; a link's name has none.
        link = Path(folder) / f"rows.parquet{file.suffix if file.suffix != '.parquet' else ''}"
        link.symlink_to(file.resolve())
        client = _local_engine(settings)
        try:
            query = (
                f"select * from file({format_str(str(link))}, Parquet)"
                " settings input_format_parquet_preserve_order = 1,"
                " output_format_json_quote_64bit_integers = 0"
            )
            with client.raw_stream(query, fmt="JSONEachRow") as stream:
                yield from stream
        except ClickHouseError as error:
            reason = str(error).splitlines()[0].replace(str(link), str(file))
            raise DamagedFileError(f"cannot read {file} as Parquet: {reason}") from error
        finally:
            client.close()


def _local_engine(settings: Settings) -> Client:
    # One engine path per process: beside an embedded store, its own engine reads the file.
    if settings.is_embedded:
        return connect_store(settings.store)
    return connect_memory()
