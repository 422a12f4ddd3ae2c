"""One build at a time on a server's database. The embedded engine's store has a lock of its own."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from clickhouse_connect.driver.exceptions import ClickHouseError

from ci_signals.errors import UserError
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified

TABLE = "build_lock"
HEARTBEAT_S = 10
STALE_S = 60
"""A build that gave no sign for so long was killed."""

_EXISTS = "(TABLE_ALREADY_EXISTS)"
_DENIED = "(ACCESS_DENIED)"
_NO_DATABASE = "(UNKNOWN_DATABASE)"


@contextmanager
def one_build(settings: Settings) -> Iterator[None]:
    """Hold the lock of the models' database during the block.

    The lock is a table: a server makes a table of one name once, whoever asks at the same time.
    Its rows say who holds it and when that build was last seen. Raises UserError when another
    build holds it.
    """
    if settings.is_embedded:
        yield
        return
    with open_client(settings) as client:
        owner = str(uuid4())
        if not _take(client, settings.database, owner):
            yield  # without the right to make tables, the build says what is missing
            return
        ended = threading.Event()
        sign = threading.Thread(target=_give_signs, args=(settings, owner, ended), daemon=True)
        sign.start()
        try:
            yield
        finally:
            ended.set()
            sign.join()
            with suppress(ClickHouseError):  # the server is gone; the lock goes stale
                _drop(client, settings.database, owner)


def _take(client: Client, database: str, owner: str) -> bool:
    """Make the lock. False when the user may not, or before the first build made the database. Raises
    UserError when another build holds it."""
    lock = qualified(database, TABLE)
    for _ in range(2):
        try:
            client.command(
                f"create table {lock} (owner String, machine String, process UInt32, host String,"
                " started_at DateTime('UTC'), seen_at DateTime('UTC')) engine = MergeTree order by seen_at"
            )
        except ClickHouseError as error:
            if _DENIED in str(error) or _NO_DATABASE in str(error):
                return False
            if _EXISTS not in str(error):
                raise
            _clear_stale(client, database)
            continue
        try:
            _sign(client, lock, owner)
        except ClickHouseError as error:
            with suppress(ClickHouseError):
                client.command(f"drop table {lock}")
            if _DENIED in str(error):
                return False
            raise
        return True
    raise UserError("another build has just begun on this database: wait for it to end")


def _sign(client: Client, lock: str, owner: str) -> None:
    client.command(
        f"insert into {lock}"
        " select {owner:String}, {machine:String}, {process:UInt32}, {host:String},"
        f" (select if(count() = 0, now('UTC'), min(started_at)) from {lock}), now('UTC')",
        parameters={
            "owner": owner,
            "machine": _machine(),
            "process": os.getpid(),
            "host": socket.gethostname(),
        },
    )


def _clear_stale(client: Client, database: str) -> None:
    """Remove the lock of a build that was killed. Raises UserError when its build still runs."""
    lock = qualified(database, TABLE)
    # a lock without rows was made a moment ago, or its maker was killed before it could sign
    machine, process, host, since, silent_s = client.query(
        "select any(machine), any(process), any(host), toString(min(started_at)),"
        " dateDiff('second', if(count() = 0, (select metadata_modification_time from system.tables"
        f" where database = {{database:String}} and name = '{TABLE}'), max(seen_at)), now()) from {lock}",
        parameters={"database": database},
    ).first_row
    if silent_s < STALE_S and not _has_ended(machine, process):
        raise UserError(
            f"another build is running since {since} UTC, by process {process} on {host}: wait for it to end"
            f" (a build that was killed gives way after {STALE_S} s)"
            if machine
            else "another build has just begun on this database: wait for it to end"
        )
    aside = f"{TABLE}_{uuid4().hex}"
    with suppress(ClickHouseError):  # somebody else took it over
        client.command(f"rename table {lock} to {qualified(database, aside)}")
        client.command(f"drop table {qualified(database, aside)}")


def _machine() -> str:
    """This boot of this machine, or its container: what a process number is unique in. "?" when unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "?"


def _has_ended(machine: str, process: int) -> bool:
    """Whether the holder of a lock was a process of this machine and runs no more."""
    if machine != _machine() or machine == "?":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it is another user's
        pass
    return False


def _give_signs(settings: Settings, owner: str, ended: threading.Event) -> None:
    """Sign the lock every few seconds until the build has ended."""
    lock = qualified(settings.database, TABLE)
    while not ended.wait(HEARTBEAT_S):
        with suppress(ClickHouseError, UserError), open_client(settings) as client:
            _sign(client, lock, owner)


def _drop(client: Client, database: str, owner: str) -> None:
    """Remove the lock, unless another build took it over."""
    lock = qualified(database, TABLE)
    held = client.query(
        f"select count() from {lock} where owner = {{owner:String}}", parameters={"owner": owner}
    )
    if held.first_row[0]:
        client.command(f"drop table {lock}")
