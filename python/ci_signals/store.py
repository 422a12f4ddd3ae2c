"""The embedded store: a folder that the in-process ClickHouse engine opens."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import chdir, contextmanager, nullcontext, suppress
from enum import Enum
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ProgrammingError

from ci_signals.errors import UserError
from ci_signals.process import signals_noted, stderr_kept
from ci_signals.store_mark import check_mark, write_mark

_PACKAGE = Path(__file__).resolve().parent


class Engine(Enum):
    """How the engine is started. The value is the folder with its config.xml, if it has one.

    READ_ONLY: only lets tables be read. FRUGAL: takes less memory and is quick with little data.
    """

    PLAIN = ""
    READ_ONLY = "read_only_engine"
    FRUGAL = "frugal_engine"


def connect_store(
    path: str | Path, settings: dict[str, Any] | None = None, engine: Engine = Engine.PLAIN
) -> Client:
    """Open a client on the store in folder `path`. The folder is created if it is missing.

    Clients of one store share its engine, and each has its own session. The first of them starts
    it as `engine` says. Raises UserError when another process
    has the store open, when this process has another store open, when the folder cannot be
    written, and when a newer version of ci_signals or of the engine made the store.
    """
    folder = Path(path).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot make the store {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UserError(f"cannot write to the store {folder}: no permission, or mounted read-only")
    marked = check_mark(folder)
    client = _start_engine(str(folder), settings, engine)
    try:
        write_mark(folder, marked, client.server_version)
    except BaseException:
        client.close()
        raise
    return client


@contextmanager
def kept_open(path: str | Path) -> Iterator[None]:
    """Keep the engine of the store running during the block, so that every client finds it so.

    At the end, remove folders of dropped tables. Raises UserError as connect_store does.
    """
    handle = connect_store(path)
    try:
        yield
    finally:
        remove_empty_folders(path)
        handle.close()


def remove_empty_folders(path: str | Path) -> None:
    """Remove the folders that dropped tables leave in the store, about thirty a build.

    Only for the process that has the store open, while it makes no table.
    """
    for folder in (Path(path) / "store").glob("???"):
        with suppress(OSError):  # it holds a table
            folder.rmdir()


def connect_memory() -> Client:
    """Open a client on an engine that keeps everything in memory.

    Raises UserError when this process has a store open, because a process has only one engine.
    """
    return _start_engine(":memory:")


def cancel_queries(path: str | Path) -> None:
    """Cancel the running queries of the store that this process has open.

    This opens a second client, because closing the first would wait for its query.
    """
    with connect_store(path) as client:
        client.command("kill query where query not ilike 'kill query where%' async")


def _start_engine(path: str, settings: dict[str, Any] | None = None, engine: Engine = Engine.PLAIN) -> Client:
    # the engine follows a config.xml of the current folder, whoever put it there
    follows = _PACKAGE / engine.value if engine.value or Path("config.xml").exists() else None
    with signals_noted(), stderr_kept() as said, chdir(follows) if follows else nullcontext():
        try:
            return clickhouse_connect.get_client(
                interface="chdb", path=path, settings=settings or {}, query_limit=0
            )
        except (ProgrammingError, ValueError) as error:
            raise UserError(_reason(path, f"{error} {said()}")) from error


def _reason(folder: str, message: str) -> str:
    if "Cannot lock file" in message:
        return (
            f"the store {folder} is in use by another process: "
            "wait for the other command to end, or set SIGNALS_STORE to another folder"
        )
    if "No space left" in message or "NOT_ENOUGH_SPACE" in message:
        return f"cannot open the store {folder}: no space left on its disk; make room, then run this again"
    if "already" in message:
        return f"cannot open the store {folder}: this process has another store open"
    whys = re.findall(r"DB::Exception: (?!Error initializing)(\S.*)", message)
    return (
        f"cannot open the store {folder}: {whys[0] if whys else message}"
        "; set SIGNALS_STORE to another folder and load into that"
    )
