"""Builds of one server database: one at a time, and nothing of two builds mixed."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from http_endpoint import Endpoint
from workspace import EDGE, EDGE_WINDOW, Workspace

from ci_signals.build_lock import STALE_S

pytestmark = [pytest.mark.server]

LOCK = "ci_signals.build_lock"
COLUMNS = (
    "(owner String, machine String, process UInt32, host String, started_at DateTime('UTC'),"
    " seen_at DateTime('UTC')) engine = MergeTree order by seen_at"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, server: Endpoint) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("built")).on(server.environment)
    workspace.signals("load", "ci", EDGE)
    workspace.build(*EDGE_WINDOW, "--select", "+int_window")
    return workspace


def lock_of_another_machine(server: Endpoint, seen_s_ago: int) -> None:
    server.query(f"create table {LOCK} {COLUMNS}")
    moment = f"now('UTC') - {seen_s_ago}"
    server.query(f"insert into {LOCK} select 'them', 'elsewhere', 1, 'their-host', {moment}, {moment}")


def test_a_build_leaves_no_lock(built: Workspace, server: Endpoint) -> None:
    assert server.query("exists " + LOCK).strip() == "0"
    built.refused("build", "--as-of", "2001-01-01T00:00:00", "--workflow", "nosuch")
    assert server.query("exists " + LOCK).strip() == "0"


def test_running_build_is_named_and_a_killed_one_gives_way(built: Workspace, server: Endpoint) -> None:
    lock_of_another_machine(server, 3)
    said = built.refused("build", *EDGE_WINDOW, "--output", built.site)
    assert "another build is running since" in said
    assert "by process 1 on their-host" in said
    assert server.query(f"select owner from {LOCK}").strip() == "them"
    server.query("drop table " + LOCK)
    lock_of_another_machine(server, STALE_S + 1)
    built.build(*EDGE_WINDOW, "--select", "+int_window")
    assert server.query("select count() from system.tables where name like 'build_lock%'").strip() == "0"


@pytest.mark.slow
def test_two_builds_at_ten_offsets_never_mix(built: Workspace, server: Endpoint, tmp_path: Path) -> None:
    for offset in range(10):
        hours = (48, 12)
        builds = []
        for number, long in enumerate(hours):
            site = tmp_path / f"{offset}_{number}"
            window = ("--hours", long, "--as-of", "2026-11-19T06:00:00", "--output", site)
            builds.append((site, long, built.start("build", "--select", "tag:signals", *window)))
            if number == 0:
                time.sleep(offset)
        codes = []
        for site, long, process in builds:
            _, said = process.communicate(timeout=120)
            codes.append(process.returncode)
            assert process.returncode in {0, 2}, said
            if process.returncode == 0:
                told = json.loads((site / "build.json").read_text())
                assert told["lookback_hours"] == long
                lines = (site / "signals.jsonl").read_text().splitlines()
                assert {len(json.loads(line)["commits"]) for line in lines} <= {told["commits"]}
            else:
                assert "another build" in said
                assert not site.exists()
        assert 0 in codes, offset
        summary = built.signals("list", check=False)
        assert summary.returncode == 0, summary.stderr
