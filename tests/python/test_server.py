"""Both tracks on a ClickHouse server, with unmodified dbt-clickhouse, against the embedded engine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pyarrow.parquet
import pytest
import typer
from http_endpoint import Endpoint
from workspace import EDGE, EDGE_WINDOW, FIXTURES, INTERMEDIATE, SAMPLE, TRACES, Workspace, site_files

from ci_signals.cli import app

pytestmark = pytest.mark.server

LOADED = {
    **{folder.name: [folder] for folder in sorted((SAMPLE / "traces").iterdir())},
    **{
        name: sorted((TRACES / name).glob("*.log.*"))
        for name in ("10_unicode_html", "12_multirank", "29_killed")
    },
    "06_backward.intermediate": [INTERMEDIATE / "06_backward"],
}
# A report, and a job of the edge rows.
REPORTS = (FIXTURES / "junit" / "pytest_xunit1.xml", "--job", "30000000003")
# A metric of a torch that is newer than us, and a line that is no record.
ODD_LOG = """V1121 17:35:01.547000 12933 torch/_dynamo/utils.py:303] {"compilation_metrics": {"co_name": 7, \
"a_new_metric": 1}, "frame_id": 0, "frame_compile_id": 0, "attempt": 0}
what is this
"""
LOADED_BY_COMMAND = "12_multirank"
# What two loads and builds of the same files never share.
LOAD_TIMES = {"loaded_at", "build_id", "finished_at"}


@pytest.fixture(scope="module")
def remote(tmp_path_factory: pytest.TempPathFactory, server: Endpoint) -> Workspace:
    """Everything loaded and built on the server, by the commands that people use."""
    workspace = Workspace(tmp_path_factory.mktemp("remote")).on(server.environment)
    loaded = workspace.signals("load", "ci", EDGE, SAMPLE / "ci").stderr
    assert "14,788 rows read, 14,788 loaded" in loaded
    again = workspace.signals("load", "ci", EDGE).stderr
    assert "14,788 rows read, 0 loaded, 14,788 already there" in again
    _load_traces(workspace)
    _load_reports(workspace)
    assert "0 loaded, 4 already there (job" in workspace.signals("load", "junit", *REPORTS).stderr
    by_command = workspace.signals("load", "trace", *LOADED[LOADED_BY_COMMAND], "--name", LOADED_BY_COMMAND)
    assert "from 2 file(s)" in by_command.stderr
    workspace.signals("build", *EDGE_WINDOW, "--output", workspace.site)
    assert server.query("exists ci_signals.build_lock").strip() == "0"
    return workspace


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same on the embedded engine."""
    workspace = Workspace(tmp_path_factory.mktemp("local"))
    workspace.signals("load", "ci", EDGE, SAMPLE / "ci")
    _load_traces(workspace)
    _load_reports(workspace)
    workspace.signals("build", *EDGE_WINDOW, "--output", workspace.site)
    return workspace


def test_every_finished_table_is_the_same(local: Workspace, remote: Workspace) -> None:
    manifest = json.loads((local.folder / "target" / "manifest.json").read_text())
    tables = {
        node["alias"]: [name for name in node["columns"] if name not in LOAD_TIMES]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith("marts/")
    }
    assert {"fct_signal_events", "fct_compile_metrics", "rpt_signal_overview"} < tables.keys()
    dumps = []
    for workspace in (local, remote):
        dumps.append(workspace.folder / "dump")
        workspace.python("dump_tables.py", json.dumps(tables), dumps[-1])
    empty = []
    for table in tables:
        rows, wanted = (folder / table for folder in reversed(dumps))
        assert rows.read_text().splitlines() == wanted.read_text().splitlines(), table
        empty += [] if rows.stat().st_size else [table]
    # where there are no rows on either side nothing was compared; these rows are sound
    assert empty == ["rpt_test_failures_without_rows"]


def test_every_file_is_the_same(local: Workspace, remote: Workspace) -> None:
    for name in ("signals.jsonl", "signals.csv", "events.csv", "incidents.jsonl", "signals.schema.json"):
        assert (remote.site / name).read_bytes() == (local.site / name).read_bytes(), name
    for name in ("signals.parquet", "events.parquet"):
        rows, wanted = (pyarrow.parquet.read_table(site.site / name) for site in (remote, local))
        assert rows.equals(wanted), name
    pages = [{path.relative_to(space.site) for path in space.site.rglob("*")} for space in (remote, local)]
    assert pages[0] == pages[1]


# Every command that opens the warehouse and prints, with its arguments.
READING = {
    "list": [["--json"], ["--failing", "--workflow", "pull"]],
    "show": [["test_2.py::test_case_2_19"], ["test_2.py::test_case_2_19", "--json"]],
    "incidents": [["--json"], ["--red", "--format", "markdown"]],
    "sql": [
        ["select trace, compilations from dim_traces order by trace", "--format", "csv"],
        ["select state, count() from rpt_signal_overview group by state order by state"],
    ],
}
OF_OTHER_TESTS = {"load github", "unload ci", "unload trace", "traces diff", "check"}
BUILT_WITH = {"load ci", "load junit", "load trace", "build"}  # by the fixture
WITHOUT_WAREHOUSE = {"diff", "serve", "init", "junit-tag"}
WRITING = {"render", "report"}  # by the tests of those names


def test_no_command_is_forgotten() -> None:
    assert (
        set(_commands(typer.main.get_command(app)))
        <= READING.keys() | BUILT_WITH | OF_OTHER_TESTS | WRITING | WITHOUT_WAREHOUSE
    )


@pytest.mark.parametrize("command", READING)
def test_every_command_says_the_same(local: Workspace, remote: Workspace, command: str) -> None:
    for arguments in READING[command]:
        said, wanted = (space.signals(command, *arguments) for space in (remote, local))
        lines = [re.sub(r"build \w{8}", "build", done.stderr) for done in (said, wanted)]
        assert (said.stdout, lines[0]) == (wanted.stdout, lines[1])


def test_render_writes_the_same_again(local: Workspace, remote: Workspace) -> None:
    again = remote.folder / "again"
    remote.signals("render", "--output", again)
    assert (again / "signals.jsonl").read_bytes() == (local.site / "signals.jsonl").read_bytes() != b""
    assert remote.signals("diff", remote.site / "signals.jsonl", again / "signals.jsonl")


def test_sql_cannot_write(remote: Workspace) -> None:
    assert "it runs no DROP" in remote.refused("sql", "drop table int_window")
    for query in ("select 1 settings readonly = 0", "describe table url('http://127.0.0.1:1/')"):
        remote.refused("sql", query)
    assert remote.rows("select 1 as one settings max_threads = 1") == [{"one": 1}]


@pytest.mark.slow
def test_a_report_has_the_same_pages(local: Workspace, remote: Workspace) -> None:
    again = remote.folder / "report"
    remote.signals("report", *LOADED["05_failures"], "--output", again)
    pages = site_files(again / "traces/05_failures")
    assert "index.html" in pages
    assert pages == site_files(local.site / "traces/05_failures")


@pytest.mark.slow
def test_unit_tests_pass_on_the_server(remote: Workspace) -> None:
    remote.dbt("--quiet", "test", "--select", "test_type:unit")


def _load_traces(workspace: Workspace) -> None:
    odd = workspace.folder / "odd.log"
    odd.write_text(ODD_LOG)
    workspace.load_traces({**LOADED, "odd": [odd]})


def _load_reports(workspace: Workspace) -> None:
    assert "4 loaded, 0 already there (job" in workspace.signals("load", "junit", *REPORTS).stderr


def _commands(command: Any, path: str = "") -> Iterator[str]:
    children = getattr(command, "commands", {})
    if not children:
        yield path
    for name, child in children.items():
        yield from _commands(child, f"{path} {name}".strip())
