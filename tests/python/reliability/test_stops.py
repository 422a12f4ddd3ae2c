"""Ctrl-C, SIGTERM, two commands at once: one line each, and nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from workspace import EDGE, EDGE_WINDOW, PROJECT, Workspace, one_line, stop

from ci_signals.output import staged

WINDOW = (*EDGE_WINDOW, "--select", "tag:signals")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory, edge_rows: Callable[[Path], Workspace]) -> Workspace:
    """One store for all stops of this module."""
    return edge_rows(tmp_path_factory.mktemp("stopped"))


@pytest.mark.parametrize(
    ("how", "code", "word", "after"),
    [(signal.SIGINT, 130, "interrupted", 1.0), (signal.SIGTERM, 143, "terminated", 4.0)],
)
def test_a_stopped_build_says_so(
    stopped: Workspace, how: signal.Signals, code: int, word: str, after: float
) -> None:
    process = stopped.start("-q", "build", *WINDOW, "--output", stopped.folder / "never")
    ended, said, seconds = stop(process, how, after)
    assert (ended, said) == (code, f"error: {word}\n")
    assert seconds < 30
    assert not list((stopped.folder / "never").glob("*"))


@pytest.mark.parametrize("how", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_stopped_query_ends_at_once(stopped: Workspace, how: signal.Signals) -> None:
    process = stopped.start("sql", "select count() from numbers(1000000000000) where number % 7 = 9")
    ended, said, seconds = stop(process, how, after=3)
    assert ended == 128 + how
    assert one_line(said)
    assert seconds < 10


def test_a_stopped_load_can_be_run_again(stopped: Workspace, tmp_path: Path) -> None:
    row = {"job_id": 77, "file": "x.py", "failure": [], "error": [], "time_inserted": "2026-11-20 10:00:00"}
    rows = (json.dumps(row | {"name": f"test_{number}"}) for number in range(600_000))
    file = tmp_path / "test_run_s3.jsonl"
    file.write_text("\n".join(rows))
    process = stopped.start("load", "ci", file)
    wait_until_locked(stopped.folder / "store", process)
    ended, said, seconds = stop(process, signal.SIGINT, after=0.2)
    assert (ended, said) == (130, "error: interrupted\n")
    assert seconds < 30
    assert "600,000 rows read" in stopped.signals("load", "ci", file).stderr
    found = stopped.rows(
        "select count() as n, uniqExact(name) as names from ci_raw.test_run_s3 where job_id = 77"
    )
    assert found == [{"n": 600_000, "names": 600_000}]


def test_while_a_build_runs_other_commands_are_refused(stopped: Workspace, edge: Workspace) -> None:
    first = stopped.start("build", *WINDOW, "--output", stopped.site)
    try:
        wait_until_locked(stopped.folder / "store", first)
        others = [
            stopped.start("build", *WINDOW, "--output", stopped.site),
            stopped.start("load", "ci", EDGE),
        ]
        refused = [(other.communicate(timeout=60)[1], other.returncode) for other in others]
    finally:
        _, said = first.communicate(timeout=120)
    assert first.returncode == 0, said
    for said, code in refused:
        assert code == 2, said
        assert "in use by another process: wait for the other command to end" in said
        assert one_line(said)
    assert (stopped.site / "signals.jsonl").read_bytes() == (edge.site / "signals.jsonl").read_bytes()


def wait_until_locked(store: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not (store / "status").exists():
        assert process.poll() is None, "the build ended before it opened the store"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_writers_of_one_folder(edge: Workspace, tmp_path: Path) -> None:
    output = tmp_path / "site"
    with staged(output) as stage:
        (stage / "index.html").write_text("first")
        said = edge.refused("render", "--output", output)
        assert f"another command is writing {output}: wait for it" in said
    assert [path.name for path in output.iterdir()] == ["index.html"]


def test_closed_outputs_end_nothing(edge: Workspace) -> None:
    closed = f"exec '{edge.bin / 'signals'}' sql 'select 1' >&- 2>&- <&-"
    done = subprocess.run(["sh", "-c", closed], env=edge.environment, cwd=PROJECT, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize("rows", [10, 1_000_000])
def test_a_reader_that_has_seen_enough_is_no_error(edge: Workspace, rows: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [str(edge.bin / "signals"), "sql", f"select number from numbers({rows})", "--format", "csv"]
    done = subprocess.run(
        command, env=edge.environment, cwd=PROJECT, check=False, stdout=writer, stderr=subprocess.PIPE
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_stop_that_a_library_swallowed_is_not_lost(workspace: Workspace) -> None:
    assert workspace.python("swallowed_stop.py").stdout == "143 terminated\n"


@pytest.mark.parametrize(
    "place",
    [
        "typer",
        "dbt.cli.main",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("chdb", "dbt.adapters.chdb")),
    ],
)
def test_imports_are_not_broken_off(stopped: Workspace, place: str) -> None:
    """A broken off import leaves a locked module behind, and another thread may wait for it."""
    arguments = ("build", *WINDOW, "--output", stopped.folder / "never")
    done = stopped.new_python("stopped_import.py", place, *arguments)
    assert (done.returncode, done.stderr) == (130, "error: interrupted\nTrue\n")
