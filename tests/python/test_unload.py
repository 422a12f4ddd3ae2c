"""Removing what was loaded: the rows of a file, rows before a date, a trace."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ci_loader import ROWS, Loader, open_loader
from github_documents import REPOSITORY, commit, job, run
from workspace import TRACE

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.ci import load_ci
from ci_signals.loaders.github import load_github
from ci_signals.loaders.junit import load_junit
from ci_signals.loaders.loaded_traces import unload_trace
from ci_signals.loaders.trace import load_trace
from ci_signals.loaders.unload import unload_before, unload_files

TABLES = ("push", "workflow_job", "test_run_s3", "workflow_run", "rejected_rows")
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    with open_loader(tmp_path_factory.mktemp("unload")) as loader:
        load_github(loader.settings, QUIET, [write(loader.folder / "none.json")], None, "main")
        yield loader


@pytest.fixture
def loader(opened: Loader) -> Loader:
    """A store with empty tables."""
    for table in TABLES:
        opened.client.command(f"truncate table ci_raw.{table}")
    return opened


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def counts(loader: Loader) -> dict[str, int]:
    found = {
        table: loader.client.query(f"select count() from ci_raw.{table}").first_row[0] for table in TABLES
    }
    return {table: count for table, count in found.items() if count}


def unload(loader: Loader, *paths: Path, dry_run: bool = False) -> None:
    unload_files(loader.settings, QUIET, list(paths), None, "main", dry_run)


def test_rows_of_a_file_go_and_others_stay(loader: Loader, tmp_path: Path) -> None:
    runs = ROWS["test_run_s3"]
    kept = write(tmp_path / "test_run_s3_kept.jsonl", runs[0])
    gone = write(tmp_path / "test_run_s3_gone.jsonl", *runs[1:], {"job_id": "none"})
    jobs = write(tmp_path / "workflow_job.jsonl", *ROWS["workflow_job"])
    load_ci(loader.settings, QUIET, [kept, gone, jobs])
    before = counts(loader)
    assert before == {"workflow_job": 4, "test_run_s3": 4, "rejected_rows": 1}
    unload(loader, gone, dry_run=True)
    assert counts(loader) == before
    unload(loader, gone)
    assert counts(loader) == {"workflow_job": 4, "test_run_s3": 1}
    unload(loader, gone)
    unload(loader, jobs, kept)
    assert counts(loader) == {}
    assert load_ci(loader.settings, QUIET, [gone, kept]).loaded == 4
    tables = "select name from system.tables where database = 'ci_raw' and name like 'unload%'"
    assert loader.client.query(tables).result_rows == []


def test_documents_go_with_the_versions_that_got_a_name(loader: Loader, tmp_path: Path) -> None:
    jobs = write(tmp_path / "jobs.json", job(1, "a", 10, workflow_name=None), job(2, "a", 10), {"zen": "x"})
    others = write(tmp_path / "others.json", run(10, "a"), commit("c2", "09:00"), job(3, "a", 10))
    load_github(loader.settings, QUIET, [jobs, others], None, "main")
    assert counts(loader) == {"push": 1, "workflow_job": 4, "workflow_run": 1, "rejected_rows": 1}
    unload(loader, jobs)
    assert counts(loader) == {"push": 1, "workflow_job": 1, "workflow_run": 1}
    unload(loader, others)
    assert counts(loader) == {}
    with pytest.raises(UserError, match=r"notes.md has no rows and no JSON documents: nothing was removed"):
        unload(loader, write(tmp_path / "notes.md", "notes"), jobs)


def test_reports_go_with_their_rows_and_come_again(loader: Loader, tmp_path: Path) -> None:
    ended = job(7, "a", 10)
    load_github(loader.settings, QUIET, [write(tmp_path / "jobs.json", ended)], None, "main")
    suite = "<testsuite><testcase name='a#1'/><testcase name='b'><failure/></testcase></testsuite>"
    kept, gone, waits = (tmp_path / name for name in ("kept.xml", "gone.zip", "waits.xml"))
    for file in (kept, waits):
        file.write_text(suite.replace("'b'", f"'{file.stem}'"))
    with zipfile.ZipFile(gone, "w") as archive:
        archive.writestr("#1/report.xml", suite)
    for _ in range(2):
        load_junit(loader.settings, QUIET, [kept, gone], 7)
        load_junit(loader.settings, QUIET, [waits], 8)
        before = counts(loader)
        assert before == {"workflow_job": 1, "test_run_s3": 4}
        unload(loader, gone, waits, dry_run=True)
        assert counts(loader) == before
        unload(loader, gone, waits)
        assert counts(loader) == {"workflow_job": 1, "test_run_s3": 2}
        assert loader.client.query("select distinct file from ci_raw.junit_reports").result_rows == [
            (str(kept),)
        ]
        assert loader.client.query("select count() from ci_raw.junit_rows").result_rows == [(0,)]


def test_rows_before_a_date_go_and_those_without_one_stay(loader: Loader, tmp_path: Path) -> None:
    early, late = {"created_at": "2026-11-19T23:59:59Z"}, {"created_at": "2026-11-20T00:00:00Z"}
    documents = [
        *(job(number, "a", 10, **times) for number, times in enumerate((early, late), start=1)),
        *(run(number, "a", **times) for number, times in enumerate((early, late), start=1)),
        commit("c1", "09:00"),
        {"id": 1, "activity_type": "push", "ref": "refs/heads/main", "before": "a", "after": "b"},
    ]
    load_github(loader.settings, QUIET, [write(tmp_path / "x", *documents)], REPOSITORY, "main")
    undated = {name: value for name, value in ROWS["test_run_s3"][0].items() if name != "time_inserted"}
    load_ci(loader.settings, QUIET, [write(tmp_path / "test_run_s3.jsonl", undated)])
    whole = {"push": 2, "workflow_job": 2, "test_run_s3": 1, "workflow_run": 2}
    assert counts(loader) == whole
    unload_before(loader.settings, QUIET, "2026-11-20", dry_run=True)
    assert counts(loader) == whole
    unload_before(loader.settings, QUIET, "2026-11-20", dry_run=False)
    assert counts(loader) == whole | {"workflow_job": 1, "workflow_run": 1}
    unload_before(loader.settings, QUIET, "2026-11-20T11:00:00+01:00", dry_run=False)
    assert counts(loader) == {"push": 1, "test_run_s3": 1}
    with pytest.raises(UserError, match="is not a date"):
        unload_before(loader.settings, QUIET, "yesterday", dry_run=True)


def test_a_trace_goes_with_its_lines(loader: Loader) -> None:
    for name in ("one", "two"):
        load_trace(loader.settings, QUIET, [TRACE], name)
    lines = "select count(), uniqExact(load_id) from ci_raw.trace_lines"
    both = loader.client.query(lines).first_row
    unload_trace(loader.settings, QUIET, "one", dry_run=True)
    assert loader.client.query(lines).first_row == both
    unload_trace(loader.settings, QUIET, "one", dry_run=False)
    assert loader.client.query(lines).first_row == (both[0] // 2, 1)
    assert loader.client.query("select distinct trace from ci_raw.trace_loads").result_rows == [("two",)]
    with pytest.raises(UserError, match="no trace 'one' is loaded; loaded are: two"):
        unload_trace(loader.settings, QUIET, "one", dry_run=False)


def test_tables_of_others_are_left_alone(loader: Loader, tmp_path: Path) -> None:
    file = write(tmp_path / "workflow_job.jsonl", *ROWS["workflow_job"])
    load_ci(loader.settings, QUIET, [file])
    loader.client.command("alter table ci_raw.workflow_job modify comment 'theirs'")
    try:
        with pytest.raises(UserError, match=r"ci_raw.workflow_job is not ours: nothing is removed"):
            unload(loader, file)
        with pytest.raises(UserError, match=r"ci_raw.workflow_job is not ours: nothing is removed"):
            unload_before(loader.settings, QUIET, "2030-01-01", dry_run=False)
        assert counts(loader) == {"workflow_job": 4}
    finally:
        loader.client.command("alter table ci_raw.workflow_job modify comment 'made by ci_signals'")
