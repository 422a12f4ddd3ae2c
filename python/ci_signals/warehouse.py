"""The only module that opens a ClickHouse client, embedded or over HTTP."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import clickhouse_connect
from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError
from urllib3.exceptions import HTTPError

from ci_signals.damage import check_undamaged
from ci_signals.errors import UserError
from ci_signals.process import stopping_with
from ci_signals.settings import Settings
from ci_signals.store import Engine, cancel_queries, connect_store

# The client logs each attempt to connect; our error says the same in one line.
for _library in ("clickhouse_connect", "urllib3"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

__all__ = ["Client", "check_server", "open_client", "qualified", "query_reason", "table_names"]


@contextmanager
def open_client(settings: Settings, read_only: bool = False, whole: bool = True) -> Iterator[Client]:
    """A client on the target's engine, closed at the end. It has no default database. With `read_only`
    an embedded engine lets tables be read and nothing else; on a server the user's rights decide.

    Raises UserError for a store that lost rows (unless `whole` is False), a locked store, an
    unreachable server, a wrong password, and for any query in the block that the engine refuses.
    """
    try:
        client = (
            connect_store(settings.store, engine=Engine.READ_ONLY if read_only else Engine.PLAIN)
            if settings.is_embedded
            else _connect_server(settings)
        )
    except (OperationalError, DatabaseError) as error:
        raise UserError(_connect_reason(settings, error)) from error
    try:
        with stopping_with(lambda: cancel_queries(settings.store)) if settings.is_embedded else nullcontext():
            if settings.is_embedded and whole:
                check_undamaged(client)
            yield client
    except ClickHouseError as error:
        raise UserError(query_reason(settings, error)) from error
    except HTTPError as error:  # in the middle of an answer that is streamed
        raise UserError(_lost(settings)) from error
    finally:
        client.close()


def table_names(client: Client, database: str) -> frozenset[str]:
    """The names of the database's tables and views; none when it does not exist."""
    found = client.query(
        "select name from system.tables where database = {database:String}", parameters={"database": database}
    )
    return frozenset(str(name) for (name,) in found.result_rows)


def qualified(database: str, table: str) -> str:
    """`database`.`table`, quoted for SQL."""
    return f"{quote_identifier(database)}.{quote_identifier(table)}"


def check_server(settings: Settings) -> None:
    """If the target is a server, check that it answers and lets this user write.

    Raises UserError in one line; dbt's own message for the same takes several.
    """
    if settings.is_embedded:
        return
    with open_client(settings) as client:
        mode = client.query("select value from system.settings where name = 'readonly'").first_row
    if mode and mode[0] != "0":
        raise UserError(
            f"user {settings.output.get('user')!r} is read-only (readonly = {mode[0]}): building and loading"
            " need a user who may write"
        )


def _connect_server(settings: Settings) -> Client:
    output = settings.output
    return clickhouse_connect.get_client(
        host=output["host"],
        port=int(output["port"]),
        username=output.get("user", "default"),
        password=str(output.get("password", "")),
        interface="https" if _is_secure(settings) else "http",
        query_limit=0,
        # as dbt-clickhouse does, so that both connect the same way
        **{key: output[key] for key in _SHARED_KEYS if output.get(key) is not None},
    )


_SHARED_KEYS = (
    "verify",
    "client_cert",
    "client_cert_key",
    "server_host_name",
    "connect_timeout",
    "send_receive_timeout",
)


def _is_secure(settings: Settings) -> bool:
    return str(settings.output.get("secure", False)).lower() in {"true", "1"}


def _address(settings: Settings) -> str:
    return f"{settings.output.get('host')}:{settings.output.get('port')}"


def _connect_reason(settings: Settings, error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        why = re.search(r"certificate verify failed: ([^(\n]*[^(\s])", text)
        return (
            f"the certificate of ClickHouse at {_address(settings)} is not trusted"
            f" ({why[1] if why else 'verify failed'}); name the CA's file in SSL_CERT_FILE"
        )
    if code := _CODE.search(text):
        if code[1] in {"193", "194", "516"}:
            user = settings.output.get("user", "default")
            return (
                f"ClickHouse at {_address(settings)} refused the connection of user {user!r}:"
                " wrong password or no such user"
                " (set SIGNALS_USER, and SIGNALS_PASSWORD or SIGNALS_PASSWORD_FILE)"
            )
        return f"ClickHouse refused the connection: {_first_line(error)}"
    why = _NO_ANSWER.search(text)
    return (
        f"cannot reach ClickHouse at {_address(settings)} (set SIGNALS_HOST, SIGNALS_PORT):"
        f" {why[0] if why else _first_line(error)}"
    )


# the part of the client's long message that says why
_NO_ANSWER = re.compile(
    "Connection refused|timed out|Name or service not known|Temporary failure in name resolution"
    "|Remote end closed connection|Connection reset by peer|No route to host|Network is unreachable"
    r"|\[SSL: \w+\]"
)


def query_reason(settings: Settings, error: ClickHouseError) -> str:
    """One line for an error of a query: the engine's words, or what to do about a lost connection."""
    text = str(error)
    if isinstance(error, OperationalError) and not _CODE.search(text):
        return _lost(settings)
    if re.search(r"setting \S+ is readonly|'\S+' setting in readonly mode", text, re.IGNORECASE):
        return f"{_first_line(error)}; give the user readonly = 2, which lets it read with settings"
    return _first_line(error)


def _lost(settings: Settings) -> str:
    return (
        f"the connection to ClickHouse at {_address(settings)} was lost: finished tables are whole,"
        " and the command can be run again"
    )


_CODE = re.compile(r"\bcode:? (\d+)", re.IGNORECASE)
_WRAPPED = re.compile(r"^Received ClickHouse exception, code: \d+, server response: | \(for url [^)]*\)$")

# an error inside an error
_REPEATED = re.compile(r"(?<=DB::Exception: )(Code: \d+\. DB::Exception: )+| \(\w+\) \(version [^)]*\)\.")


def _first_line(error: Exception) -> str:
    if "(NOT_ENOUGH_SPACE)" in str(error):
        return f"no space left for ClickHouse's data: make room, then run this again ({str(error)[:200]})"
    # The engine repeats the whole query after "In scope"; the client adds its address.
    text = str(error).strip().split(" In scope ")[0].rstrip(" :")
    return _REPEATED.sub("", _WRAPPED.sub("", text.splitlines()[0])) if text else type(error).__name__
