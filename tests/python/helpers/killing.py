"""Ending a command at a chosen moment of its work, and comparing what is there afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workspace import Workspace


@dataclass(frozen=True)
class Moment:
    """A moment of the work: `delay` seconds after the `nth` call of `place` (`module:name`) began."""

    place: str
    nth: int
    delay: float

    def kill(self, workspace: Workspace, *arguments: object) -> None:
        """Run the command line and kill it then. Fails when it ended before."""
        moment = (self.place, self.nth, self.delay)
        done = workspace.python("kill_at.py", *moment, *arguments, check=False)
        assert done.returncode == -9, f"{self}: ended with {done.returncode}\n{done.stderr}"


def site_files(site: Path) -> dict[str, bytes]:
    """What a reader sees of a site, by path; without the time of the build."""
    return {
        str(path.relative_to(site)): _timeless(path)
        for path in sorted(site.rglob("*"))
        if path.is_file() and not path.relative_to(site).parts[0].startswith(".")
    }


def _timeless(path: Path) -> bytes:
    content = path.read_bytes()
    if path.name in ("index.html", "dictionary.html"):
        content = re.sub(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", b"TIME", content)
    return content


RAW = ("ci_raw.push", "ci_raw.workflow_job", "ci_raw.test_run_s3")


def finished_tables(workspace: Workspace) -> list[str]:
    """The tables that a build makes for readers."""
    rows = workspace.rows(
        "select concat(database, '.', name) as name from system.tables"
        " where database = 'ci_signals' and match(name, '^(dim|fct|rpt)_') order by name"
    )
    return [row["name"] for row in rows]


def table_digests(workspace: Workspace, tables: Iterable[str]) -> dict[str, str]:
    """Rows and a digest of each table, in any order of the rows, without the times of loads."""
    parts = []
    for table in tables:
        columns = "* except (loaded_at)" if table.endswith("dim_traces") else "*"
        parts.append(
            f"select '{table}' as name, concat(toString(count()), ' ',"
            f" toString(sum(sipHash64(formatRow('TSV', {columns}))))) as digest from {table}"
        )
    return {row["name"]: row["digest"] for row in workspace.rows(" union all ".join(parts))}
