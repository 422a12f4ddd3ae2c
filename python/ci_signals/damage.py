"""Parts of tables that the embedded engine found damaged: their rows are missing from every answer.

The engine moves such a part to the table's folder `detached` when it starts, and goes on without it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clickhouse_connect.driver.binding import quote_identifier
from clickhouse_connect.driver.client import Client

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.settings import Settings


@dataclass(frozen=True)
class LostPart:
    """A damaged part. table: with its database, quoted. name: of the part in `detached`. rows: None when
    unknown."""

    table: str
    name: str
    folder: str
    rows: int | None


def check_undamaged(client: Client, databases: Collection[str] = ()) -> None:
    """Raise UserError when rows are missing from tables of `databases`; () stands for all."""
    lost = _lost_parts(client, databases)
    if lost:
        raise UserError(
            f"{_words(lost)}; load these rows again (if it is a model: run signals build),"
            f" or remove {lost[0].folder} to go on without them"
        )


@contextmanager
def restoring(settings: Settings, client: Client, console: Console) -> Iterator[None]:
    """Warn of missing rows before a load; when as many came back to a table, forget its damaged parts.

    A server looks after its parts itself, and need not let a user see them.
    """
    lost = _lost_parts(client) if settings.is_embedded else []
    before = {part.table: _rows(client, part.table) for part in lost}
    if lost:
        console.warn(_words(lost))
    yield
    for table, rows in before.items():
        parts = [part for part in lost if part.table == table]
        if all(part.rows is not None for part in parts):
            missing = sum(part.rows or 0 for part in parts)
            if _rows(client, table) - rows >= missing:
                for part in parts:
                    client.command(
                        f"alter table {table} drop detached part {{part:String}}",
                        parameters={"part": part.name},
                        settings={"allow_drop_detached": 1},
                    )
                console.say(f"{table}: the {missing:,} lost rows are back")


def _lost_parts(client: Client, databases: Collection[str] = ()) -> list[LostPart]:
    found = client.query(
        "select database, table, name, path from system.detached_parts"
        " where startsWith(name, 'broken')"
        " and (empty({databases:Array(String)}) or has({databases:Array(String)}, database)) order by all",
        parameters={"databases": list(databases)},
    ).result_rows
    return [
        LostPart(
            f"{quote_identifier(database)}.{quote_identifier(table)}", name, folder, _count(Path(folder))
        )
        for database, table, name, folder in found
    ]


def _count(part: Path) -> int | None:
    try:
        return int((part / "count.txt").read_text())
    except (OSError, ValueError):
        return None


def _rows(client: Client, table: str) -> int:
    return int(client.query(f"select count() from {table}").first_row[0])


def _words(lost: list[LostPart]) -> str:
    tables = {part.table: [other.rows for other in lost if other.table == part.table] for part in lost}
    counts = [
        f"{table} has lost {'rows' if None in rows else f'{sum(filter(None, rows)):,} rows'}"
        for table, rows in tables.items()
    ]
    return f"the store is damaged: {', '.join(counts)}"
