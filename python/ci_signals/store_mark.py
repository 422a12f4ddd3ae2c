"""The mark in a store's folder: which version wrote the store, so that an older one refuses it."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ci_signals.errors import UserError

STORE_FORMAT = 1
"""Raise it when the raw tables change so that an older version cannot use them."""

MARK = "ci_signals.json"


@dataclass(frozen=True)
class Mark:
    """store_format: STORE_FORMAT of the writer. engine: the engine's version, such as 26.9.1."""

    store_format: int
    engine: str


def check_mark(folder: Path) -> Mark | None:
    """The mark of the store in `folder`; None when it has no mark yet.

    Raises UserError when a newer ci_signals made the store, or the mark cannot be read.
    """
    try:
        found = json.loads((folder / MARK).read_bytes())
        mark = Mark(int(found["store_format"]), str(found["engine"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{folder / MARK} is damaged: it has to hold store_format and engine") from error
    if mark.store_format > STORE_FORMAT:
        raise _newer(folder, f"store format {mark.store_format}, this one reads {STORE_FORMAT}")
    return mark


def write_mark(folder: Path, mark: Mark | None, engine: str) -> None:
    """Mark the store as written by this version and `engine`, unless `mark` already says so.

    Raises UserError when a newer engine wrote the store.
    """
    if mark and _release(mark.engine) > _release(engine):
        raise _newer(folder, f"engine {mark.engine}, this one is {engine}")
    ours = Mark(STORE_FORMAT, engine)
    if mark == ours:
        return
    # each thread writes its own file, since dbt opens several connections at once
    fresh = folder / f".{MARK}.{threading.get_ident()}"
    with suppress(OSError):  # on a full disk the store stays unmarked until a later command
        try:
            fresh.write_text(json.dumps(asdict(ours)) + "\n")
            fresh.replace(folder / MARK)
        finally:
            fresh.unlink(missing_ok=True)


def _newer(folder: Path, what: str) -> UserError:
    return UserError(
        f"the store {folder} was made by a newer ci_signals ({what}): "
        "update ci_signals, or set SIGNALS_STORE to another folder"
    )


def _release(version: str) -> tuple[int, ...]:
    numbers = version.split(".")[:2]
    return tuple(int(number) if number.isdecimal() else 0 for number in numbers)
