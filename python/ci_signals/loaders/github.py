"""Load documents of GitHub (webhook deliveries, answers of the REST API) into the raw tables of CI rows.

Each record of a document becomes a line of JSON that goes the way of `signals load ci`: the same checks,
the same rows set aside, and nothing twice.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.binding import quote_identifier

from ci_signals.console import Console
from ci_signals.damage import restoring
from ci_signals.errors import UserError
from ci_signals.loaders.batches import Batch
from ci_signals.loaders.ci import Finish, LoadReport, load_batch
from ci_signals.loaders.ci_sql import RawTable, insert_parsed, raw_table, start_table
from ci_signals.loaders.files import DamagedFileError, find_files, stored_name
from ci_signals.loaders.github_pushes import pushes_of_commits
from ci_signals.loaders.github_records import Record, github_records
from ci_signals.loaders.json_documents import Broken, json_documents
from ci_signals.loaders.junit import settle_waiting
from ci_signals.loaders.raw_tables import ensure_github_tables
from ci_signals.names import branch_ref, checked_repository
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client, qualified

_BATCH_BYTES = 24 << 20
_KEPT_OF_ROW = 1 << 16
_WORDS = {
    "push": ("push", "pushes"),
    "activity": ("push of /activity", "pushes of /activity"),
    "commit": ("commit", "commits"),
    "workflow_job": ("job", "jobs"),
    "workflow_run": ("run", "runs"),
    "": ("other document", "other documents"),
}


@dataclass
class _Counts:
    """Records found, by kind, and what became of their rows. Commits of one date are one row."""

    found: Counter[str] = field(default_factory=Counter)
    rows: LoadReport = field(default_factory=LoadReport)

    def __str__(self) -> str:
        found = [
            f"{self.found[kind]:,} {_WORDS[kind][self.found[kind] != 1]}"
            for kind in _WORDS
            if self.found[kind]
        ]
        return f"{', '.join(found) or 'no records'}; {self.rows}"


@dataclass
class _Queue:
    """Rows of one table that wait to be inserted, a line each, and blank lines for other tables' records.

    Records are numbered over all files of the load, so the number of a line tells its file.
    start and end: the number of the first line, and of the one after the last.
    """

    table: RawTable
    start: int = 0
    end: int = 0
    data: bytearray = field(default_factory=bytearray)

    def add(self, number: int, record: Record) -> None:
        if not self.data:
            self.start = self.end = number
        self.data += b"\n" * (number - self.end) + json.dumps(record.row).encode() + b"\n"
        self.end = number + 1


class GithubLoad:
    """One load: its session, what it has read, and what waits to be inserted.

    finisher: what becomes of a batch.
    """

    finisher: Finish = staticmethod(insert_parsed)

    def __init__(self, settings: Settings, client: Client, repository: str, ref: str) -> None:
        project_vars = settings.project_vars
        ci, own = project_vars["ci_database"], project_vars["load_database"]
        self.client = client
        self.repository = repository
        self.ref = ref
        self.rejects = qualified(own, "rejected_rows")
        self.records = 0
        self.reasons: Counter[str] = Counter()  # why records were set aside
        self.commits: list[tuple[int, Record]] = []
        self.names: dict[int, str] = {}  # of files, by how many records of the load precede them
        self.counts: dict[int, _Counts] = {}
        self.queues = {
            kind: _Queue(raw_table(client, kind, database, table))
            for kind, database, table in (
                ("push", ci, project_vars["push_table"]),
                ("workflow_job", ci, project_vars["workflow_job_table"]),
                ("workflow_run", own, "workflow_run"),
            )
        }

    def read(self, path: Path, advance: Callable[[int], None]) -> bool:
        """Read a file; False when it has no documents. Raises DamagedFileError after what it could read."""
        start, unusable, read_on_disk = self.records, list[tuple[int, Record]](), 0
        self.names[start] = stored_name(path)
        counts = self.counts[start] = _Counts()
        try:
            for document, position in json_documents(path):
                for record in _records(document, self.repository):
                    counts.found[record.kind] += 1
                    if record.reason:
                        unusable.append((self.records - start + 1, record))
                    elif record.kind == "commit":
                        self.commits.append((self.records, record))
                    else:
                        self._add(record)
                    self.records += 1
                advance(position - read_on_disk >> 10)
                read_on_disk = position
        finally:
            self._set_aside(start, unusable)
        return read_on_disk > 0 or path.stat().st_size == 0

    def finish(self) -> int:
        """Insert what waits; how many jobs got the name of their workflow from its run."""
        self._insert(self.queues["push"])
        for number, push in pushes_of_commits(self.commits, self.ref):
            self.queues["push"].add(number, push)
        for queue in self.queues.values():
            self._insert(queue)
        return self._name_workflows()

    def _add(self, record: Record) -> None:
        queue = self.queues["push" if record.kind == "activity" else record.kind]
        queue.add(self.records, record)
        if len(queue.data) > _BATCH_BYTES:
            self._insert(queue)

    def _insert(self, queue: _Queue) -> None:
        if not queue.data:
            return
        starts = list(self.names)
        first = bisect_right(starts, queue.start) - 1
        files = {start: self.names[start] for start in starts[first:] if start < queue.end}
        start_table(self.client, queue.table)
        batch = Batch(queue.start, data=[bytes(queue.data)], files=files)
        queue.data.clear()
        for start, counted in load_batch(
            self.client, queue.table, self.rejects, batch, self.finisher
        ).items():
            self.counts[start].rows += LoadReport(*counted)

    def _set_aside(self, start: int, unusable: list[tuple[int, Record]]) -> None:
        if not unusable:
            return
        self.reasons.update(record.reason for _, record in unusable)
        lines = (
            json.dumps(
                {
                    "source_table": record.kind or "github",
                    "file": self.names[start],
                    "row_number": number,
                    "reason": record.reason.encode("utf-8", "replace").decode(),
                    "row": json.dumps(record.row)[:_KEPT_OF_ROW],
                }
            )
            for number, record in unusable
        )
        self.client.raw_insert(self.rejects, None, "\n".join(lines).encode(), fmt="JSONEachRow")
        self.counts[start].rows += LoadReport(read=len(unusable), rejected=len(unusable))

    def _name_workflows(self) -> int:
        """Add a version, with the name that the run has, of each stored job whose workflow has no name."""
        jobs, runs = self.queues["workflow_job"].table, self.queues["workflow_run"].table
        if "workflow_name" not in jobs.columns:
            return 0
        listed = ", ".join(
            "run_name" if name == "workflow_name" else f"jobs.{quote_identifier(name)}"
            for name in jobs.columns
        )
        start_table(self.client, jobs)
        self.client.command(f"""
            insert into parsed (_seq, _reason, _line, {jobs.listed})
            select rowNumberInAllBlocks(), '', '', {listed}
            from {jobs.name} as jobs
            inner join (
                select id as named_run, argMax(name, tuple(updated_at, run_attempt, name)) as run_name
                from {runs.name}
                where name != ''
                group by named_run
            ) as runs on jobs.run_id = named_run
            where jobs.workflow_name = ''
        """)
        return sum(
            loaded for _, loaded, *_ in insert_parsed(self.client, jobs, self.rejects, {0: ""}).values()
        )


def load_github(
    settings: Settings, console: Console, paths: list[Path], repository: str | None, branch: str
) -> LoadReport:
    """Load every file among `paths` and below its folders; what a document is, its content tells.

    repository: OWNER/NAME of documents that name none. branch: short name or ref that listed commits
    are of. Returns the counts over all files. Raises UserError for a malformed name, a path that does
    not exist, a named file without documents, a damaged file (all else is loaded by then), or if no
    record at all could be used.
    """
    named = checked_repository(repository) if repository is not None else ""
    ref = branch_ref(branch)
    files, problems, passed = find_files(paths), list[str](), 0
    with (
        open_client(settings, whole=False) as client,
        restoring(settings, client, console),
        console.progress("loading") as progress,
    ):
        ensure_github_tables(settings, console, client)
        load = GithubLoad(settings, client, named, ref)
        progress.start(sum(file.stat().st_size for file in files) >> 10)
        for file in files:
            try:
                if not load.read(file, progress.advance):
                    console.detail(f"{file}: no JSON documents, passed over")
                    passed += 1
                    if file in paths:
                        problems.append(f"{file} has no JSON documents")
            except DamagedFileError as error:
                problems.append(str(error))
        filled = load.finish()
        settle_waiting(settings, console, client)
    total = _Counts()
    for start, counts in load.counts.items():
        if counts.found:
            console.say(f"{load.names[start]}: {counts}")
        total.found += counts.found
        total.rows += counts.rows
    _say_total(console, total, len(files) - passed, filled, ref)
    if total.rows.rejected:
        rejects = f"{settings.project_vars['load_database']}.rejected_rows"
        console.warn(f"{total.rows.rejected:,} rows were rejected; see {rejects} for the reasons")
        if total.rows.rejected == total.rows.read:
            reasons = "; ".join(reason for reason, _ in load.reasons.most_common(3))
            problems.append(f"no record could be used{reasons and f': {reasons}'}")
    if problems:
        raise UserError("; ".join(problems))
    return total.rows


def _say_total(console: Console, total: _Counts, files: int, filled: int, ref: str) -> None:
    console.say(f"{files:,} files: {total}")
    if total.found["commit"]:
        console.say(f"commits were taken for those of {ref}; --branch names another")
    if total.found["activity"]:
        console.say("pushes of /activity bring no commits: load /commits of the branch too")
    if filled:
        console.say(f"{filled:,} jobs got the name of their workflow from its run")


def _records(document: Any, repository: str) -> Iterator[Record]:
    if isinstance(document, Broken):
        yield Record("", {"text": document.text}, reason=document.reason)
    else:
        yield from github_records(document, repository)
