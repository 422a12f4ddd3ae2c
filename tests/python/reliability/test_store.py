"""Stores that this version cannot open, and a config.xml that the engine must not read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from workspace import EDGE, EDGE_WINDOW, PROJECT, Workspace

from ci_signals.store_mark import MARK, STORE_FORMAT


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        (
            {"store_format": STORE_FORMAT + 1, "engine": "26.9.1"},
            f"a newer ci_signals (store format {STORE_FORMAT + 1}, this one reads {STORE_FORMAT})",
        ),
        (
            {"store_format": STORE_FORMAT, "engine": "99.1.2.3"},
            "a newer ci_signals (engine 99.1.2.3, this one is ",
        ),
        ({"store_format": "?"}, f"{MARK} is damaged"),
        ([], f"{MARK} is damaged"),
    ],
)
def test_a_store_of_a_newer_version_is_left_alone(workspace: Workspace, mark: object, message: str) -> None:
    store = workspace.folder / "store"
    store.mkdir()
    (store / MARK).write_text(json.dumps(mark))
    for command in (("sql", "select 1"), ("load", "ci", EDGE)):
        assert message in workspace.refused(*command)
    assert json.loads((store / MARK).read_text()) == mark


def test_a_store_is_marked_and_an_unmarked_one_opens(workspace: Workspace) -> None:
    mark = workspace.folder / "store" / MARK
    for _ in range(2):
        workspace.signals("sql", "select 1")
        assert json.loads(mark.read_text())["store_format"] == STORE_FORMAT
        mark.unlink()


def test_a_store_that_the_engine_cannot_read_is_one_line(workspace: Workspace) -> None:
    workspace.signals("sql", "select 1")
    metadata = workspace.folder / "store" / "metadata"
    metadata.mkdir()
    (metadata / "x.sql").write_text("attach database _ engine = MadeUpLater")
    said = workspace.refused("sql", "select 1")
    assert "cannot open the store" in said
    assert "Unknown database engine: MadeUpLater" in said
    assert "in use" not in said


@pytest.mark.parametrize(
    "config", ["<clickhouse><path>{elsewhere}/</path></clickhouse>", "<project>", "no xml at all"]
)
def test_a_config_of_another_program_is_not_followed(
    workspace: Workspace, tmp_path: Path, config: str
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    (here / "config.xml").write_text(config.format(elsewhere=elsewhere))
    done = subprocess.run(
        [
            str(workspace.bin / "signals"),
            "--project-dir",
            str(PROJECT),
            "sql",
            "select 6 * 7",
            "--format",
            "csv",
        ],
        env=workspace.environment,
        cwd=here,
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "42" in done.stdout
    assert not elsewhere.exists()
    assert [path.name for path in here.iterdir()] == ["config.xml"]


def damage(workspace: Workspace, table: str) -> None:
    """Cut the data of every part of `table` (with its database) in half."""
    query = f"select path from system.parts where active and concat(database, '.', table) = '{table}'"
    for row in workspace.rows(query):
        for data in Path(row["path"]).glob("*.bin"):
            os.truncate(data, data.stat().st_size // 2)


def test_rows_lost_to_damage_are_said_until_they_are_back(loaded_edge: Workspace) -> None:
    damage(loaded_edge, "ci_raw.test_run_s3")
    lost = "`ci_raw`.`test_run_s3` has lost 14,788 rows"
    for command in (
        ("build", *EDGE_WINDOW, "--output", loaded_edge.site),
        ("sql", "select count() from ci_raw.test_run_s3"),
    ):
        assert lost in loaded_edge.refused(*command)
    assert not loaded_edge.site.exists()
    other = loaded_edge.signals("load", "ci", EDGE / "push.jsonl.gz").stderr
    assert lost in other
    assert "are back" not in other
    assert lost in loaded_edge.refused("list")
    assert "the 14,788 lost rows are back" in loaded_edge.signals("load", "ci", EDGE).stderr
    assert loaded_edge.rows("select count() as n from ci_raw.test_run_s3") == [{"n": 14788}]


def test_damaged_finished_table_is_no_empty_list(edge: Workspace, tmp_path: Path) -> None:
    shutil.copytree(edge.folder, tmp_path, dirs_exist_ok=True, symlinks=True)
    copy = Workspace(tmp_path)
    damage(copy, "ci_signals.dim_signals")
    said = copy.refused("list")
    assert "the store is damaged: `ci_signals`.`dim_signals` has lost" in said
    assert "run signals build" in said
