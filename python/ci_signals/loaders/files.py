"""Read input files: plain, .gz or .zst."""

from __future__ import annotations

import gzip
import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, cast

from ci_signals.errors import UserError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_COMPRESSIONS = {".gz", ".zst"}


class DamagedFileError(UserError):
    """An input file that cannot be read, or that breaks off."""


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a plain, .gz or .zst file to read bytes.

    Raises DamagedFileError when it cannot be opened, or is damaged. The caller may have read
    part of it by then.
    """
    with open_on_disk(path) as (file, _):
        yield file


@contextmanager
def open_on_disk(path: Path) -> Iterator[tuple[BufferedReader, IO[bytes]]]:
    """As open_bytes, and beside it the file as it is on disk, whose position tells how far reading is."""
    try:
        if path.suffix in _COMPRESSIONS and path.stat().st_size == 0:
            raise DamagedFileError(f"{path} is cut short or damaged: it is empty, without even a header")
        with path.open("rb") as raw, _unpacked(path, raw) as file:
            yield file, raw
    except OSError as error:
        raise DamagedFileError(f"cannot read {path}: {error.strerror or error}") from error
    except (EOFError, zlib.error, zstd.ZstdError) as error:
        raise DamagedFileError(f"{path} is cut short or damaged: {error}") from error


def _unpacked(path: Path, raw: BufferedReader) -> BufferedReader:
    # the others are buffered readers in all but name
    if path.suffix == ".gz":
        return cast(BufferedReader, gzip.open(raw, "rb"))
    if path.suffix == ".zst":
        return cast(BufferedReader, zstd.open(raw, "rb"))
    return raw


def is_compressed(path: Path) -> bool:
    """Whether the file's name ends as those of compressed files do."""
    return path.suffix in _COMPRESSIONS


def bare_name(path: Path) -> str:
    """The file's name without its compression suffix."""
    return path.stem if path.suffix in _COMPRESSIONS else path.name


def stored_name(path: Path) -> str:
    """The path as text that the engine can store: bytes that are no UTF-8 are written out."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def find_files(paths: list[Path]) -> list[Path]:
    """The files in `paths`, and all files below the folders in it, in order and without repeats.

    Raises UserError for a path that does not exist.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            found |= dict.fromkeys(sorted(file for file in path.rglob("*") if file.is_file()))
        elif path.exists():
            found[path] = None
        else:
            raise UserError(f"no such file or folder: {path}")
    return list(found)
