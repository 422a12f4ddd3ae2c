"""The output folder: new files are written to a folder inside it and replace the old ones at the end."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ci_signals.errors import UserError

_STAGE = ".new-"
_LAST = ("index.html", "signals.jsonl")


@contextmanager
def staged(output: Path) -> Iterator[Path]:
    """Yield a new folder to write into. If the block succeeds, its files replace those in `output`.

    An error, a full disk or a kill leaves `output` as it was; the next run removes the folder of
    a killed run. A file is replaced in one step, a folder by two renames. Files and folders that
    the block did not write stay. Raises UserError when `output` cannot be written, or when
    another process is writing it.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        _clear_left_stages(output)
        stage = Path(tempfile.mkdtemp(dir=output, prefix=_STAGE))
        held = os.open(stage, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield stage
            _publish(stage, output)
        finally:
            os.close(held)
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise cannot_write(output, error) from error


def cannot_write(path: Path, error: OSError) -> UserError:
    """The error for an output file or folder that the system refused to write."""
    shown = Path(*(part for part in path.parts if not part.startswith(_STAGE)))
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        advice = "make room, then run this again"
    else:
        advice = "choose another --output"
    return UserError(f"cannot write {shown}: {error.strerror or error}; {advice}")


def _clear_left_stages(output: Path) -> None:
    for stage in output.glob(f"{_STAGE}*"):
        handle = os.open(stage, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(stage, ignore_errors=True)
        except BlockingIOError:
            raise UserError(
                f"another command is writing {output}: wait for it to end, or choose another --output"
            ) from None
        finally:
            os.close(handle)


def _publish(stage: Path, output: Path) -> None:
    # pages and their data are published before the files that link to them
    old = stage / ".old"
    old.mkdir()
    for entry in sorted(stage.iterdir(), key=lambda path: (path.name in _LAST, path.name)):
        if entry == old:
            continue
        there = output / entry.name
        if entry.is_dir() and there.is_dir():
            there.rename(old / entry.name)
        entry.replace(there)
