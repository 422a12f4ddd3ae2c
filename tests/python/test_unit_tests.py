"""dbt unit tests compare rows correctly when one side or both have no rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from http_endpoint import endpoint
from workspace import PROJECT, Workspace

ROWS = "[{n: 1, names: \"['a']\", at: '2026-11-20 12:00:00'}]"
CASES = {
    "nothing_from_nothing": ("[]", "[]", "pass"),
    "row_from_row": (ROWS, ROWS, "pass"),
    "row_from_nothing": ("[]", ROWS, "fail"),
    "nothing_from_row": (ROWS, "[]", "fail"),
    "other_row": (ROWS, ROWS.replace("1", "2"), "fail"),
}


def write_project(folder: Path) -> None:
    """A project of two models, this one's macros, and a unit test for each case."""
    (folder / "models").mkdir(parents=True)
    project = {
        "name": "ci_signals",
        "profile": "ci_signals",
        "macro-paths": [str(PROJECT / "macros" / "dbt")],
        "vars": {},
    }
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    (folder / "models" / "given.sql").write_text(
        "select 1 as n, ['a'] as names, toNullable(toDateTime64('2026-11-20 12:00:00', 9, 'UTC')) as at"
    )
    (folder / "models" / "tested.sql").write_text("select * from {{ ref('given') }}")
    tests = [
        {
            "name": name,
            "model": "tested",
            "given": [{"input": "ref('given')", "rows": yaml.safe_load(given)}],
            "expect": {"rows": yaml.safe_load(expected)},
        }
        for name, (given, expected, _) in CASES.items()
    ]
    (folder / "models" / "tests.yml").write_text(yaml.safe_dump({"unit_tests": tests}))


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["embedded", "server"])
def test_a_unit_test_without_rows_passes_only_when_both_sides_have_none(tmp_path: Path, engine: str) -> None:
    workspace = Workspace(tmp_path)
    project = tmp_path / "project"
    write_project(project)
    if engine == "embedded":
        statuses = run(workspace, project)
    else:
        with endpoint(tmp_path / "server") as server:
            statuses = run(workspace.on(server.environment), project)
    assert statuses == {name: status for name, (_, _, status) in CASES.items()}


def run(workspace: Workspace, project: Path) -> dict[str, str]:
    """Each unit test's status."""
    where = ("--project-dir", project, "--profiles-dir", PROJECT)
    workspace.dbt("--quiet", "run", "--select", "given", *where)
    done = workspace.dbt("--quiet", "test", *where, check=False)
    assert done.returncode == 1, done.stdout
    results = json.loads((workspace.folder / "target" / "run_results.json").read_text())["results"]
    return {
        result["unique_id"].split(".")[-1]: result["status"]
        for result in results
        if result["unique_id"].startswith("unit_test")
    }
