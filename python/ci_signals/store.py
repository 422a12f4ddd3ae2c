"""The embedded store: a folder that the in-process ClickHouse engine opens."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ProgrammingError

from ci_signals.errors import UserError


def connect_store(path: str | Path, settings: dict[str, Any] | None = None) -> Client:
    """Open a client on the store in folder `path`, which is made if missing.

    Clients on one store share its engine; each has its own session. Raises
    UserError when another process holds the store, when this process already
    has another store open, or when the folder cannot be written.
    """
    folder = Path(path).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the store {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"cannot write to the store {folder}: no permission")
    with _engine_stderr_hidden():
        try:
            return clickhouse_connect.get_client(
                interface="chdb", path=str(folder), settings=settings or {}, query_limit=0
            )
        except ProgrammingError as error:
            raise UserError(_reason(folder, str(error))) from error


def connect_memory() -> Client:
    """A client on an engine without a store: nothing stays. Raises UserError when this
    process has a store open, since there is one engine a process."""
    with _engine_stderr_hidden():
        try:
            return clickhouse_connect.get_client(interface="chdb", path=":memory:", query_limit=0)
        except ProgrammingError as error:
            raise UserError(f"cannot start the engine: {error}") from error


def _reason(folder: Path, message: str) -> str:
    if "EmbeddedServer" in message:
        return (
            f"the store {folder} is in use by another process (or is not a chDB store): "
            "wait for the other command to end, or set SIGNALS_STORE to another folder"
        )
    if "already" in message:
        return f"another store is open in this process, {folder} cannot be opened as well"
    return f"cannot open the store {folder}: {message}"


_stderr_lock = threading.Lock()


@contextmanager
def _engine_stderr_hidden() -> Iterator[None]:
    """The engine writes its lock message straight to descriptor 2; ours replaces it."""
    # dbt opens connections from several threads: one that saved another's null device
    # would leave the process without its standard error.
    with _stderr_lock:
        saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        try:
            yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(null)
