"""Any rows: the models give the Signals that a plain reading of the rules gives."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading import read_signals
from workspace import Workspace

from ci_signals.store import connect_store
from ci_signals.warehouse import Client

AS_OF, START = "2026-11-20 12:00:00", "2026-11-20 06:00:00"
SHAS = ("a" * 40, "b" * 40, "c" * 40)
NONE = {"captures": [], "context": [], "job_id": 0, "line": "", "line_num": 0, "rule": ""}

times = st.sampled_from([f"2026-11-20 {hour:02}:{minute}:00" for hour in range(5, 14) for minute in ("00", "30")])
commit = st.builds(
    lambda sha, time: {"id": sha, "timestamp": time, "message": "", "author": {}},
    st.sampled_from(SHAS),
    st.sampled_from(["2026-11-20 07:00:00", "2026-11-20 07:00:00", "2026-11-20 08:00:00"]),
)


@st.composite
def pushes(draw: st.DrawFn) -> dict[str, Any]:
    commits = draw(st.lists(commit, min_size=1, max_size=3, unique_by=lambda one: one["id"]))
    return {
        "ref": draw(st.sampled_from(["refs/heads/main"] * 4 + ["refs/heads/viable/strict"])),
        "dynamoKey": draw(st.uuids()).hex,
        "repository": {"full_name": draw(st.sampled_from(["pytorch/pytorch"] * 4 + ["pytorch/pytorch2"]))},
        "head_commit": commits[-1],
        "commits": commits,
    }


@st.composite
def jobs(draw: st.DrawFn) -> dict[str, Any]:
    finished = draw(st.booleans())
    rule = draw(st.sampled_from(["pytest failure", "Python unittest failure", "sccache error", ""]))
    conclusions = ["success", "failure", "failure", "cancelled", "skipped", "neutral", "timed_out", "stale", "new", ""]
    keeps_going = not finished and draw(st.booleans())
    return {
        "id": draw(st.integers(1, 8)),
        "run_id": draw(st.integers(11, 12)),
        "run_attempt": draw(st.integers(1, 2)),
        "name": draw(
            st.sampled_from(
                ["x / test (d, 1, 2, gpu)", "x / test (d, 2, 2, gpu)", "x (3.9) / lint", "x / test (d, 1, 2, unstable)"]
            )
        ),
        "workflow_name": draw(st.sampled_from(["pull", "trunk"])),
        "head_sha": draw(st.sampled_from([*SHAS, "d" * 40])),
        "status": "completed" if finished else "in_progress",
        "conclusion": draw(st.sampled_from(conclusions)) if finished else "",
        "created_at": draw(times),
        "started_at": draw(st.one_of(times, st.just("1970-01-01 00:00:00"))),
        "completed_at": draw(times) if finished else "1970-01-01 00:00:00",
        "torchci_classification": NONE | ({"line": "x", "rule": rule} if finished and rule else {}),
        "torchci_classification_temp": NONE | ({"line": "y", "rule": "pytest failure"} if keeps_going else {}),
    }


finding = [{"type": "t", "message": "m", "text": "x"}]
runs = st.builds(
    lambda job, name, file, cls, how, when: {
        "job_id": job,
        "name": name,
        "file": file,
        "classname": cls,
        "failure": finding if how in ("failure", "both") else [],
        "error": finding if how in ("error", "both") else [],
        "skipped": finding if how == "skipped" else [],
        "time_inserted": when,
    },
    st.integers(1, 9),
    st.sampled_from(["t1", "t2"]),
    st.sampled_from(["f.py", "g.py", ""]),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["passed", "passed", "failure", "error", "both", "skipped"]),
    times,
)


def one_row_an_id(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Versions of one job share what GitHub never changes, and differ in when they were stored."""
    first: dict[int, dict[str, Any]] = {}
    for row in rows:
        held = first.setdefault(row["id"], row)
        row |= {
            name: held[name]
            for name in ("run_id", "run_attempt", "name", "workflow_name", "head_sha", "created_at")
        }
    unique = {(r["id"], r["status"] == "completed", r["completed_at"], r["started_at"]): r for r in rows}
    return list(unique.values())


class Models:
    """The built models over raw tables that are filled anew for each example."""

    def __init__(self, client: Client, manifest: Path) -> None:
        self.client = client
        nodes = json.loads(manifest.read_text())["nodes"]
        self.tables: dict[str, str] = {}
        self._add("model.ci_signals.fct_signals_nested", nodes, set())

    def _add(self, name: str, nodes: dict[str, Any], done: set[str]) -> None:
        if name in done or name not in nodes or name.startswith("seed."):
            return
        done.add(name)
        for parent in nodes[name]["depends_on"]["nodes"]:
            self._add(parent, nodes, done)
        if nodes[name]["config"]["materialized"] == "table":
            self.tables[nodes[name]["name"]] = nodes[name]["compiled_code"]

    def signals(self, **rows: list[dict[str, Any]]) -> list[Any]:
        for table, its_rows in rows.items():
            self.client.command(f"truncate table ci_raw.{table}")
            lines = "\n".join(json.dumps(row) for row in its_rows)
            if lines:
                self.client.raw_insert(f"ci_raw.{table}", insert_block=lines, fmt="JSONEachRow")
        for table, query in self.tables.items():
            self.client.command(f"truncate table ci_signals.{table}")
            self.client.command(f"insert into ci_signals.{table} {query}")
        lines_out = self.client.raw_query(
            "select key, workflow_name, job_base_name, source, commits from ci_signals.fct_signals_nested"
            " order by signal_number",
            fmt="JSONEachRow",
        )
        return [json.loads(line) for line in lines_out.splitlines()]


@pytest.fixture(scope="module", params=[[], ["trunk"]], ids=["all", "trunk"])
def models(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    workspace = Workspace(tmp_path_factory.mktemp("models"))
    variables = {"as_of": AS_OF, "lookback_hours": 6, "workflows": request.param}
    selected = ["--select", "+fct_signals_nested", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    workspace.dbt("build", "--vars", json.dumps(variables), *selected)
    client = connect_store(workspace.folder / "store")
    yield Models(client, workspace.folder / "target" / "manifest.json"), request.param
    client.close()


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    pushed=st.lists(pushes(), min_size=1, max_size=4),
    stored=st.lists(jobs(), min_size=2, max_size=14).map(one_row_an_id),
    tested=st.lists(runs, max_size=25),
)
def test_models_agree_with_a_plain_reading(
    models: tuple[Models, list[str]],
    pushed: list[dict[str, Any]],
    stored: list[dict[str, Any]],
    tested: list[dict[str, Any]],
) -> None:
    sql, workflows = models
    built = sql.signals(push=pushed, workflow_job=stored, test_run_s3=tested)
    assert built == read_signals(pushed, stored, tested, AS_OF, START, workflows)
