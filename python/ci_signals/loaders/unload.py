"""Remove loaded rows: those of a file, or those before a date."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.batches import is_parquet
from ci_signals.loaders.ci import TABLE_VARS, batch_reader, load_files, table_of
from ci_signals.loaders.ci_sql import mark_parsed, raw_table, start_table
from ci_signals.loaders.files import find_files, stored_name
from ci_signals.loaders.github import GithubLoad
from ci_signals.loaders.github_records import Record
from ci_signals.loaders.parquet import local_engine
from ci_signals.loaders.raw_tables import OURS, ensure_github_tables
from ci_signals.names import branch_ref, checked_repository
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified, table_names

# When a row is from; rows without a time have 1970 there.
_TIMES = {
    "push": "tupleElement(head_commit, 'timestamp')",
    "workflow_job": "created_at",
    "test_run_s3": "time_inserted",
    "workflow_run": "created_at",
}
_MARKS = "unload_"


@dataclass(frozen=True)
class _Table:
    kind: str
    database: str
    name: str

    @property
    def quoted(self) -> str:
        return qualified(self.database, self.name)


def unload_before(settings: Settings, console: Console, day: str, dry_run: bool) -> None:
    """Remove rows from before `day` (ISO 8601; UTC without a zone). Rows without a time stay.

    With `dry_run` only say how many there are. Raises UserError for what is no time, and for
    tables that this project did not make.
    """
    try:
        moment = datetime.fromisoformat(day)
    except ValueError as error:
        raise UserError(f"--before {day!r} is not a date: write it as 2026-11-20") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    with _tables(settings) as (client, tables):
        for table in tables:
            time = f"toUnixTimestamp64Second({_TIMES[table.kind]})"
            condition = f"{time} > 0 and {time} < {int(moment.timestamp())}"
            _remove(client, console, table, condition, dry_run)


def unload_files(
    settings: Settings,
    console: Console,
    paths: list[Path],
    repository: str | None,
    branch: str,
    dry_run: bool,
) -> None:
    """Remove the rows that a load of the files gives, also if other files have them too.

    A file whose name tells its table is read as `signals load ci` does. A JUnit report, or a zip of them,
    is known by the path that it was loaded from. Any other file is read as `signals load github`
    does, with the same repository and branch. With `dry_run` only say how many rows there
    are. Raises UserError for missing or damaged files, and for tables that this project did not make.
    """
    files = [(file, table_of(file)) for file in find_files(paths)]
    named = checked_repository(repository) if repository is not None else ""
    ref = branch_ref(branch)
    damaged: list[str] = []
    with _tables(settings) as (client, tables), _marks(settings, console, client) as marks:
        has_parquet = any(kind and is_parquet(file) for file, kind in files)
        with local_engine(settings) if has_parquet else nullcontext() as engine:
            for kind, variable in TABLE_VARS.items():
                chosen = sorted((file for file, name in files if name == kind), key=is_parquet)
                if not chosen:
                    continue
                table = raw_table(
                    client, kind, settings.project_vars["ci_database"], settings.project_vars[variable]
                )
                start_table(client, table)
                reader = batch_reader(table, engine, damaged)
                for _ in load_files(client, reader, chosen, marks, mark_parsed):
                    pass
        others = {stored_name(file): file for file, kind in files if not kind}
        reports = _reports(settings, client, list(others))
        if documents := [file for name, file in others.items() if name not in reports]:
            _mark_documents(settings, client, documents, named, ref, marks)
        if damaged:
            raise UserError("; ".join(damaged))
        if reports:
            _remove_reports(settings, client, console, reports, dry_run)
        for place in tables:
            raw = raw_table(client, place.kind, place.database, place.name)
            column = "key" if place.kind == "push" else "id"
            ours = f"from {marks} where kind = '{place.kind}'"
            condition = f"`{raw.id}` in (select {column} {ours}) and {raw.compared} in (select row {ours})"
            _remove(client, console, place, condition, dry_run)
        rejects = _Table("rejected_rows", settings.project_vars["load_database"], "rejected_rows")
        names = {"files": [stored_name(file) for file, _ in files]}
        _remove(client, console, rejects, "file in {files:Array(String)}", dry_run, names)


# Of a report in a zip, `file` is the path in the zip after that of the zip.
_IS_OF = "name -> file = name or startsWith(file, concat(name, '/')), {files:Array(String)}"
_OF_FILES = f"arrayExists({_IS_OF})"


def _reports(settings: Settings, client: Client, names: list[str]) -> list[str]:
    """The files among `names` that JUnit reports were loaded from."""
    database = str(settings.project_vars["load_database"])
    if "junit_reports" not in table_names(client, database):
        return []
    found = client.query(
        f"select arrayJoin(arrayFilter({_IS_OF})) as name"
        f" from {qualified(database, 'junit_reports')} group by name",
        parameters={"files": names},
    ).result_rows
    return [str(name) for (name,) in found]


def _remove_reports(
    settings: Settings, client: Client, console: Console, files: list[str], dry_run: bool
) -> None:
    """Remove reports, their test rows, and the testcases of those that wait for their job."""
    project_vars, parameters = settings.project_vars, {"files": files}
    own = project_vars["load_database"]
    of_files = f"from {qualified(own, 'junit_reports')} where {_OF_FILES}"
    runs = _Table("test_run_s3", project_vars["ci_database"], project_vars["test_run_table"])
    report = "substring(invoking_file, 1, length(invoking_file) - position(reverse(invoking_file), '#'))"
    conditions = {
        runs: f"job_id in (select job_id {of_files})"
        f" and (job_id, {report}) in (select job_id, file {of_files})",
        _Table("", own, "junit_rows"): "(load_id, report_number) in"
        f" (select load_id, report_number {of_files})",
        _Table("", own, "junit_reports"): _OF_FILES,
    }
    for table, condition in conditions.items():
        _remove(client, console, table, condition, dry_run, parameters)


class _Documents(GithubLoad):
    """Reads documents to mark their rows; `rejects` is the table of marks."""

    finisher = staticmethod(mark_parsed)

    def _set_aside(self, start: int, unusable: list[tuple[int, Record]]) -> None:
        pass

    def _name_workflows(self) -> int:
        return 0


def _mark_documents(
    settings: Settings, client: Client, files: list[Path], repository: str, ref: str, marks: str
) -> None:
    documents = _Documents(settings, client, repository, ref)
    documents.rejects = marks
    for file in files:
        if not documents.read(file, lambda _: None):
            raise UserError(f"{file} has no rows and no JSON documents: nothing was removed")
    documents.finish()


@contextmanager
def _tables(settings: Settings) -> Iterator[tuple[Client, list[_Table]]]:
    """The raw tables of CI rows that exist."""
    project_vars = settings.project_vars
    chosen = [
        _Table(kind, project_vars["ci_database"], project_vars[name]) for kind, name in TABLE_VARS.items()
    ]
    chosen.append(_Table("workflow_run", project_vars["load_database"], "workflow_run"))
    comment = "select comment from system.tables where database = {database:String} and name = {name:String}"
    there = []
    with open_client(settings) as client:
        for table in chosen:
            found = client.query(
                comment, parameters={"database": table.database, "name": table.name}
            ).result_rows
            if found and found[0][0] != OURS:
                raise UserError(f"{table.database}.{table.name} is not ours: nothing is removed from it")
            if found:
                there.append(table)
        yield client, there


@contextmanager
def _marks(settings: Settings, console: Console, client: Client) -> Iterator[str]:
    """A table for the rows to remove; a mutation sees no temporary one. It is dropped at the end."""
    ensure_github_tables(settings, console, client)
    database = str(settings.project_vars["load_database"])
    if settings.is_embedded:  # of runs that were killed
        for name in table_names(client, database):
            if name.startswith(_MARKS):
                client.command(f"drop table {qualified(database, name)}")
    name = qualified(database, f"{_MARKS}{secrets.token_hex(6)}")
    client.command(
        f"create table {name} (kind LowCardinality(String), id Int64, key String, row UInt64)"
        f" engine MergeTree order by (kind, id) comment '{OURS}'"
    )
    try:
        yield name
    finally:
        client.command(f"drop table {name}")


def _remove(
    client: Client,
    console: Console,
    table: _Table,
    condition: str,
    dry_run: bool,
    parameters: dict[str, Any] | None = None,
) -> None:
    rows = client.query(
        f"select count() from {table.quoted} where {condition}", parameters=parameters
    ).first_row[0]
    if rows and not dry_run:
        client.command(
            f"alter table {table.quoted} delete where {condition} settings mutations_sync = 2", parameters
        )
    console.say(f"{table.database}.{table.name}: {rows:,} rows {_removed(dry_run)}")


def _removed(dry_run: bool) -> str:
    return "would be removed" if dry_run else "removed"
