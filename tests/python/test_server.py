"""The same models on a ClickHouse server, over HTTP, with unmodified dbt-clickhouse."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet
import pytest
from http_endpoint import free_port, http_endpoint
from workspace import EDGE, Workspace


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment that points a command at a real HTTP endpoint."""
    with http_endpoint(tmp_path_factory.mktemp("server")) as port:
        yield {"SIGNALS_TARGET": "server", "SIGNALS_HOST": "127.0.0.1", "SIGNALS_PORT": str(port)}


def test_a_server_gives_the_bytes_of_the_embedded_engine(
    edge: Workspace, workspace: Workspace, server: dict[str, str]
) -> None:
    workspace = workspace.on(server)
    done = workspace.signals("load", "ci", EDGE)
    assert "14,788 rows read, 14,788 loaded" in done.stderr
    again = workspace.signals("load", "ci", EDGE)
    assert "14,788 rows read, 0 loaded, 14,788 already there" in again.stderr
    window = ("--hours", 48, "--as-of", "2026-11-20T12:00:00")
    workspace.signals("build", *window, "--select", "tag:signals", "--output", workspace.site)
    for name in ("signals.jsonl", "signals.csv", "events.csv"):
        assert (workspace.site / name).read_bytes() == (edge.site / name).read_bytes(), name
    for name in ("signals.parquet", "events.parquet"):
        rows, wanted = (pyarrow.parquet.read_table(site / name) for site in (workspace.site, edge.site))
        assert rows.equals(wanted), name
    for command in (
        ["list", "--json"],
        ["list", "--failing", "--workflow", "pull"],
        ["show", "test_2.py::test_case_2_19"],
    ):
        asked, expected = (space.signals(*command, check=False) for space in (workspace, edge))
        assert (asked.stdout, asked.stderr) == (expected.stdout, expected.stderr)
    query = "select count() as n from fct_row_ledger"
    assert workspace.signals("sql", query, "--format", "csv").stdout.splitlines()[0] == '"n"'
    refused = workspace.signals("sql", "drop table int_window", check=False)
    assert refused.returncode == 2
    assert "readonly" in refused.stderr


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"SIGNALS_PASSWORD": "not it"}, "refused the connection"),
        ({"SIGNALS_PORT": str(free_port())}, "cannot reach ClickHouse at 127.0.0.1"),
    ],
)
def test_wrong_password_and_dead_port_are_one_clear_line(
    workspace: Workspace, server: dict[str, str], tmp_path: Path, more: dict[str, str], message: str
) -> None:
    workspace = workspace.on(server | more)
    commands = (["sql", "select 1"], ["load", "ci", EDGE], ["build", "--output", tmp_path])
    for command in commands:
        done = workspace.signals(*command, check=False)
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert "not it" not in done.stderr
        assert len(done.stderr.splitlines()) == 1, done.stderr
        if command[0] != "build":
            assert message in done.stderr
