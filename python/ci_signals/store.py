"""The embedded store: a folder that the in-process ClickHouse engine opens."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ProgrammingError

from ci_signals.errors import UserError
from ci_signals.stopping import signals_noted
from ci_signals.store_mark import check_mark, write_mark

_PACKAGE = Path(__file__).resolve().parent


def connect_store(path: str | Path, settings: dict[str, Any] | None = None) -> Client:
    """Open a client on the store in folder `path`, which is made if missing.

    Clients on one store share its engine; each has its own session. Raises
    UserError when another process holds the store, when this process already
    has another store open, when the folder cannot be written, and when a newer
    version of the project or of the engine made the store.
    """
    folder = Path(path).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the store {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"cannot write to the store {folder}: no permission, or mounted read-only")
    marked = check_mark(folder)
    with signals_noted(), _engine_stderr_kept() as said:
        try:
            client = clickhouse_connect.get_client(
                interface="chdb", path=str(folder), settings=settings or {}, query_limit=0
            )
        except (ProgrammingError, ValueError) as error:
            raise UserError(_reason(folder, f"{error} {said()}")) from error
    try:
        write_mark(folder, marked, client.server_version)
    except BaseException:
        client.close()
        raise
    return client


def connect_memory() -> Client:
    """A client on an engine without a store: nothing stays. Raises UserError when this
    process has a store open, since there is one engine a process."""
    with _engine_stderr_kept():
        try:
            return clickhouse_connect.get_client(interface="chdb", path=":memory:", query_limit=0)
        except (ProgrammingError, ValueError) as error:
            raise UserError(f"cannot start the engine: {error}") from error


def cancel_queries(path: str | Path) -> None:
    """End what runs in the store that this process has open, through a handle of our own.

    Closing the handle that a query runs on would wait for it.
    """
    killer = connect_store(path)
    try:
        killer.command("kill query where query not ilike 'kill query where%' async")
    finally:
        killer.close()


def _reason(folder: Path, message: str) -> str:
    if "Cannot lock file" in message:
        return (
            f"the store {folder} is in use by another process: "
            "wait for the other command to end, or set SIGNALS_STORE to another folder"
        )
    if "No space left" in message or "NOT_ENOUGH_SPACE" in message:
        return f"cannot open the store {folder}: no space left on its disk; make room, then run this again"
    if "already" in message:
        return f"another store is open in this process, {folder} cannot be opened as well"
    whys = re.findall(r"DB::Exception: (?!Error initializing)(\S.*)", message)
    return (
        f"cannot open the store {folder}: {whys[0] if whys else message}"
        "; set SIGNALS_STORE to another folder and load into that"
    )


_stderr_lock = threading.Lock()


@contextmanager
def _engine_stderr_kept() -> Iterator[Callable[[], str]]:
    """What the engine writes straight to descriptor 2 while it starts, to say it in our words.

    It also starts away from a config.xml of the folder we stand in, which it would follow.
    """
    # dbt opens connections from several threads: one that saved another's file would
    # leave the process without its standard error.
    with _stderr_lock:
        saved, kept = os.dup(2), _scratch()
        os.dup2(kept, 2)
        here = os.open(".", os.O_RDONLY) if Path("config.xml").exists() else None
        try:
            if here is not None:
                os.chdir(_PACKAGE)
            yield lambda: os.pread(kept, 1 << 16, 0).decode(errors="replace")
        finally:
            if here is not None:
                os.fchdir(here)
                os.close(here)
            os.dup2(saved, 2)
            os.close(saved)
            os.close(kept)


def _scratch() -> int:
    """A file in memory, so that a full disk does not matter; only Linux has one."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("engine")
    return os.open(os.devnull, os.O_RDWR)
