"""The traces that are loaded: which there are, and how to remove some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.trace_runs import drop_load
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified, table_names

# The tables are raw, so that a load is listed before a build. Older versions made no trace_runs.
_NO_RUNS = (
    "(select '' as load_id, '' as trace_name, '' as run, cast(null as Nullable(DateTime64(6, 'UTC')))"
    " as run_started_at, cast(map(), 'Map(String, String)') as labels where 0)"
)
_STORED = (
    "stored as (select partition as load_id, sum(rows) as lines, sum(bytes_on_disk) as bytes"
    " from system.parts where active and table = 'trace_lines' and database = {database:String}"
    " group by partition)"
)


@dataclass(frozen=True)
class LoadedTrace:
    """A loaded trace. trace: its key, NAME or NAME/RUN. run: "" for the only one. Times are UTC without a
    zone. run_started_at: None when the log does not say. lines: kept of its files. bytes: on disk, packed.
    """

    trace: str
    trace_name: str
    run: str
    run_started_at: datetime | None
    loaded_at: datetime
    labels: dict[str, str]
    files: int
    lines: int
    bytes: int
    load_id: str


def loaded_traces(settings: Settings, client: Client) -> list[LoadedTrace]:
    """The loaded traces by name, the newest run first."""
    database = str(settings.project_vars["load_database"])
    tables = table_names(client, database)
    if "trace_loads" not in tables:
        return []
    runs = qualified(database, "trace_runs") if "trace_runs" in tables else _NO_RUNS
    sources = (
        f"with loads as (select * from {qualified(database, 'trace_loads')} final),"
        f" runs as (select * from {runs}), {_STORED}"
    )
    query = f"{sources} {files('ci_signals').joinpath('sql', 'loaded_traces.sql').read_text()}"
    rows = client.query(query, parameters={"database": database}).result_rows
    return [LoadedTrace(*row) for row in rows]


def unload_trace(settings: Settings, console: Console, trace: str, dry_run: bool) -> None:
    """Remove a trace. Its pages go with the next build. Raises UserError when no trace has the key."""
    with open_client(settings) as client:
        known = loaded_traces(settings, client)
        chosen = [load for load in known if load.trace == trace]
        _check_any(chosen, trace, known)
        _remove(settings, console, client, chosen, dry_run)


def drop_traces(settings: Settings, console: Console, name: str) -> None:
    """Remove NAME with all of its runs, or one of them, NAME/RUN. Raises UserError when it is not loaded."""
    with open_client(settings) as client:
        known = loaded_traces(settings, client)
        chosen = [load for load in known if name in {load.trace, load.trace_name}]
        _check_any(chosen, name, known)
        _remove(settings, console, client, chosen)


def keep_newest(settings: Settings, console: Console, keep: int) -> None:
    """Remove all but the newest `keep` runs of every name."""
    with open_client(settings) as client:
        by_name: dict[str, list[LoadedTrace]] = defaultdict(list)
        for load in loaded_traces(settings, client):
            by_name[load.trace_name].append(load)
        chosen = [load for loads in by_name.values() for load in loads[keep:]]
        _remove(settings, console, client, chosen)
    if not chosen:
        console.say(f"no name has more than {keep} runs: nothing is removed")


def _check_any(chosen: list[LoadedTrace], trace: str, known: list[LoadedTrace]) -> None:
    if not chosen:
        names = ", ".join(sorted(load.trace for load in known)[:20]) or "none"
        raise UserError(f"no trace {trace!r} is loaded; loaded are: {names}")


def _remove(
    settings: Settings,
    console: Console,
    client: Client,
    chosen: Iterable[LoadedTrace],
    dry_run: bool = False,
) -> None:
    database = str(settings.project_vars["load_database"])
    for load in chosen:
        if not dry_run:
            # first the key, so no reader sees a trace without its lines
            client.command(
                f"alter table {qualified(database, 'trace_loads')} delete where trace = {{trace:String}}"
                " settings mutations_sync = 2",
                {"trace": load.trace},
            )
            drop_load(client, database, load.load_id)
        said = "would be removed" if dry_run else "removed"
        console.say(f"trace {load.trace}: {load.lines:,} lines {said}")
