"""The embedded engine under dbt: two stores in a process, a locked store, Ctrl-C, relative paths."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from forked import PROGRAMS
from workspace import PROJECT, Workspace


def test_a_second_store_in_one_process_gets_its_own_database(workspace: Workspace) -> None:
    first, second = workspace.folder / "first", workspace.folder / "second"
    workspace.python("seed_stores.py", first, second)
    for store in (first, second):
        count = workspace.signals(
            "sql", "select count() from job_outcomes", "--format", "csv", SIGNALS_STORE=str(store)
        )
        assert count.stdout.splitlines()[1] == "9"


def test_a_store_in_use_is_one_clear_line(workspace: Workspace) -> None:
    store = workspace.folder / "store"
    command = [sys.executable, str(PROGRAMS / "hold_store.py"), str(store)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for command in (["sql", "select 1"], ["build"], ["load", "ci", "tests/fixtures/edge"]):
            said = workspace.refused(*command)
            assert "in use by another process" in said
            assert "SIGNALS_STORE" in said
    finally:
        holder.kill()
        holder.wait()
    assert workspace.signals("sql", "select 1", "--format", "csv").stdout == '"1"\n1\n'


def test_ctrl_c_ends_a_running_query(workspace: Workspace) -> None:
    done = workspace.python("interrupt_dbt.py", workspace.folder / "store")
    assert float(done.stdout.split()[-1]) < 10


def test_a_relative_store_is_in_the_project_whatever_folder_we_stand_in(
    workspace: Workspace, tmp_path: Path
) -> None:
    ups = Path(*[".."] * len(PROJECT.relative_to("/").parts))
    relative = ups / tmp_path.relative_to("/") / "elsewhere"
    done = subprocess.run(
        [str(workspace.bin / "signals"), "--project-dir", str(PROJECT), "sql", "select 1"],
        env=workspace.environment | {"SIGNALS_STORE": str(relative)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert done.returncode == 0
    assert (tmp_path / "elsewhere").is_dir()


def test_a_store_that_cannot_be_made_is_one_clear_line(workspace: Workspace) -> None:
    (workspace.folder / "file").write_text("")
    store = workspace.folder / "file" / "store"
    assert "cannot make the store" in workspace.refused("sql", "select 1", SIGNALS_STORE=str(store))


def test_a_table_is_replaced_whatever_was_there_and_nothing_is_left(workspace: Workspace) -> None:
    store, model = workspace.folder / "store", ("--quiet", "run", "--select", "int_window")
    names = "select name, engine from system.tables where database = 'ci_signals' order by name"
    made = [{"name": "int_window", "engine": "MergeTree"}]
    workspace.dbt(*model)
    assert workspace.rows(names) == made
    # a view of that name, and what the engine leaves when it is killed while it fills a table
    for statement in (
        "create or replace view ci_signals.int_window as select 1 as x",
        "create table ci_signals._tmp_replace_1_a (x Int64) engine = MergeTree order by x",
    ):
        workspace.python("run_statement.py", store, statement)
    workspace.dbt(*model)
    assert workspace.rows(names) == made
    assert workspace.rows("select lookback_hours from int_window") == [{"lookback_hours": 24}]


def test_comments_are_in_the_statement_that_makes_a_relation_with_a_contract(workspace: Workspace) -> None:
    # a view and a table with contracts, and a table without
    models = ("page_commits", "dim_commits", "int_window")
    tests = ("--exclude-resource-type", "test", "unit_test")
    workspace.dbt("build", "--select", *(f"+{name}" for name in models), *tests)
    manifest = json.loads((workspace.folder / "target" / "manifest.json").read_text())
    log = (workspace.folder / "logs" / "dbt.log").read_text()
    for name in models:
        node = manifest["nodes"][f"model.ci_signals.{name}"]
        assert (f"alter table `ci_signals`.`{name}`" in log) == (not node["config"]["contract"]["enforced"])
        of = f"where database = 'ci_signals' and table = '{name}'"
        columns = workspace.rows(f"select name, comment from system.columns {of}")
        described = {key: column["description"].strip() for key, column in node["columns"].items()}
        assert {row["name"]: row["comment"] for row in columns} == described
        [table] = workspace.rows(f"select comment from system.tables {of.replace('table =', 'name =')}")
        assert table["comment"] == node["description"].strip()
