"""A server that dies midway: one clear line, no half-finished table, and a second run succeeds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from http_endpoint import Endpoint
from server_front import Accident, server_front
from workspace import EDGE, EDGE_WINDOW, TRACE, Workspace

pytestmark = [pytest.mark.server, pytest.mark.slow]

TABLES = ("push", "workflow_job", "test_run_s3")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, server: Endpoint) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("built")).on(server.environment)
    workspace.signals("load", "ci", EDGE)
    workspace.build(*EDGE_WINDOW)
    return workspace


def through(workspace: Workspace, server: Endpoint, port: int) -> Workspace:
    return workspace.on(server.environment | {"SIGNALS_PORT": str(port)})


def dump(server: Endpoint) -> dict[str, str]:
    """Each of our tables as its sorted rows, hashed."""
    names = server.query("select name from system.tables where database = 'ci_signals' and engine != 'View'")
    rows = "select count(), sum(sipHash64(*)) from ci_signals."
    return {name: server.query(f"{rows}`{name}`") for name in names.splitlines()}


def test_killed_in_a_build(built: Workspace, server: Endpoint) -> None:
    before, written = dump(server), (built.site / "signals.jsonl").read_bytes()
    window = ("--hours", 12, "--as-of", "2026-11-19T00:00:00")
    accident = Accident(b"insert into `ci_signals`.`int_signal_events", then=server.kill)
    with server_front(server.port, accident=accident) as port:
        said = through(built, server, port).refused(
            "build", "--select", "tag:signals", "--output", built.site, *window
        )
    assert accident.happened
    assert "finished tables are whole" in said
    assert (built.site / "signals.jsonl").read_bytes() == written
    server.start()
    midway = dump(server)
    built.build(*window)
    after = dump(server)
    assert before.keys() == after.keys()  # nothing of the stopped build is left over
    for table in before.keys() - {"int_window", "dim_build"}:  # these name the build
        assert midway[table] in (before[table], after[table]), table
    old = {table for table in before if midway[table] == before[table] != after[table]}
    assert "fct_signals_nested" in old
    assert any(midway[table] == after[table] != before[table] for table in before)


def test_cut_off_while_files_are_written(built: Workspace, server: Endpoint) -> None:
    written = (built.site / "signals.jsonl").read_bytes()
    accident = Accident(b"from fct_signals_nested", cut=True)
    with server_front(server.port, accident=accident) as port:
        said = through(built, server, port).refused("render", "--output", built.site)
    assert accident.happened
    assert "was lost" in said
    assert (built.site / "signals.jsonl").read_bytes() == written
    assert not list(built.site.glob(".signals*"))


@pytest.mark.parametrize("batch", [1, 3])
def test_killed_between_batches_of_rows(built: Workspace, server: Endpoint, batch: int) -> None:
    hashed = {table: f"select count(), sum(sipHash64(*)) from ci_raw.{table}" for table in TABLES}
    wanted = {table: server.query(query) for table, query in hashed.items()}
    for table in TABLES:
        server.query(f"truncate table ci_raw.{table}")
    accident = Accident(b"insert into `ci_raw`.`test_run_s3`", count=batch, then=server.kill)
    with server_front(server.port, accident=accident) as port:
        command = ("load_in_batches.py", "load", "ci", EDGE)
        done = through(built, server, port).python(*command, check=False)
    assert accident.happened
    assert done.returncode == 2
    assert "error: the connection to ClickHouse" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    server.start()
    midway = int(server.query("select count() from ci_raw.test_run_s3"))
    assert (batch - 1) * 3000 <= midway < 14788  # a batch is 1 MiB, 3,100 to 3,300 of these rows
    built.signals("load", "ci", EDGE)
    assert {table: server.query(query) for table, query in hashed.items()} == wanted


def test_killed_while_a_trace_is_loaded_again(built: Workspace, server: Endpoint) -> None:
    plain = built
    plain.signals("load", "trace", TRACE, "--name", "t")
    current = (
        "select count(), sum(sipHash64(* except load_id)) from ci_raw.trace_lines where load_id in"
        " (select argMax(load_id, loaded_at) from ci_raw.trace_loads where trace = 't')"
    )
    whole = server.query(current)
    accident = Accident(b"trace_lines", count=4, then=server.kill)
    with server_front(server.port, accident=accident) as port:
        slow = through(built, server, port)
        command = ("load_in_batches.py", "load", "trace", TRACE, "--name", "t")
        done = slow.python(*command, check=False)
    assert accident.happened
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    server.start()
    assert server.query(current) == whole
    plain.signals("load", "trace", TRACE, "--name", "t")
    assert server.query(current) == whole


def test_memory_does_not_grow_with_the_file(workspace: Workspace, server: Endpoint, tmp_path: Path) -> None:
    peaks = []
    for megabytes in (4, 40):
        file = tmp_path / f"{megabytes}" / "test_run_s3.jsonl"
        file.parent.mkdir()
        with file.open("w") as rows:
            for number in range(megabytes * 500):
                row = {
                    "job_id": number // 100 + megabytes * 1000,
                    "name": f"test_{number}",
                    "result": "x" * 2000,
                }
                rows.write(json.dumps(row) + "\n")
        done = workspace.on(server.environment).new_python("measure_load.py", file)
        loaded, peak = map(int, done.stdout.split())
        assert loaded == megabytes * 500
        peaks.append(peak / 1024)
    assert peaks[1] - peaks[0] < 15, f"{peaks} MB"
