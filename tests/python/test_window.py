"""Which window is built: what is refused before a model is touched, and what tells of which build."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from workspace import AS_OF, EDGE_WINDOW, TRACE, Workspace

from ci_signals.errors import NO_DATA, UserError
from ci_signals.window import moment

NOW = datetime(2026, 11, 26, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("latest", "latest"),
        ("now", "2026-11-26T10:30:00"),
        ("yesterday", "2026-11-26T00:00:00"),
        ("2026-11-20", "2026-11-21T00:00:00"),
        ("-30m", "2026-11-26T10:00:00"),
        ("-6h", "2026-11-26T04:30:00"),
        ("-2d", "2026-11-24T10:30:00"),
        ("2026-11-20T12:00:00", "2026-11-20T12:00:00"),
        ("2026-11-20T12:00:00+02:00", "2026-11-20T10:00:00"),
    ],
)
def test_end_of_the_window_can_be_named_in_several_ways(text: str, end: str) -> None:
    assert moment(text, NOW) == end


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "-6", "-6w", "-999999d", "2026-02-30", "9999-12-31", "Latest"]
)
def test_what_is_no_time_is_one_clear_line(text: str) -> None:
    with pytest.raises(UserError, match="is not a time"):
        moment(text, NOW)


REFUSED = [
    (
        ("--as-of", "2026-12-24T12:00:00"),
        NO_DATA,
        "no data: no commits of pytorch/pytorch on refs/heads/main from 2026-12-23 12:00:00 to"
        " 2026-12-24 12:00:00 (UTC). The newest commit is of 2026-11-19 01:59:00, the newest job of"
        " 2026-11-19 04:02:28, the newest test row of 2026-11-19 03:51:18: to see them,"
        " --as-of latest --hours 24",
    ),
    (
        ("--repo", "pytorch/pytorc"),
        2,
        "no pushes of repository pytorch/pytorc; loaded are those of: pytorch/pytorch,",
    ),
    (("--repo", "other/repo"), NO_DATA, "no data: no commits of other/repo"),
    (
        ("--workflow", "pul", "--workflow", "pull", *EDGE_WINDOW),
        2,
        "no workflow pul in pytorch/pytorch; loaded are jobs of: pull,",
    ),
]


def test_build_that_would_be_empty_touches_nothing(edge: Workspace) -> None:
    tables = "select name, uuid from system.tables where database = 'ci_signals' order by name"
    before = edge.rows(tables), {path: path.stat().st_mtime_ns for path in edge.site.rglob("*")}
    for options, exit_code, text in REFUSED:
        done = edge.build(*options, check=False)
        assert (done.returncode, text in done.stderr) == (exit_code, True), done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert (edge.rows(tables), {path: path.stat().st_mtime_ns for path in edge.site.rglob("*")}) == before


def test_latest_ends_at_the_newest_row_of_the_repository(loaded_edge: Workspace) -> None:
    done = loaded_edge.build("--as-of", "latest", "--select", "+int_window")
    assert "the site and the files stay as they were" in done.stderr
    assert not loaded_edge.site.exists()
    (window,) = loaded_edge.rows("select as_of, starts_at from int_window")
    assert window == {"as_of": "2026-11-19 04:02:28.000000000", "starts_at": "2026-11-18 04:02:28.000000000"}


def test_tables_of_two_builds_are_not_mixed(edge: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    shutil.copytree(edge.folder, tmp_path, dirs_exist_ok=True, symlinks=True)
    built = json.loads((workspace.site / "build.json").read_text())
    assert f"build {built['build_id'][:8]}" in (workspace.site / "index.html").read_text()
    done = workspace.build("--hours", "47", "--as-of", AS_OF, "--select", "+int_window")
    assert (
        "only some models of this window were built: the site and the files stay as they were" in done.stderr
    )
    # what the replaced tables left is gone
    assert [folder.name for folder in (tmp_path / "store/store").iterdir() if not any(folder.iterdir())] == []
    for command in (("list",), ("show", "inductor"), ("render", "--output", workspace.site)):
        assert f"the tables are of two builds: {built['build_id'][:8]}, which finished" in workspace.refused(
            *command
        )
    assert json.loads((workspace.site / "build.json").read_text()) == built


def test_nothing_loaded_is_no_empty_page(workspace: Workspace) -> None:
    done = workspace.signals("build", "--output", workspace.site, check=False)
    assert (done.returncode, done.stdout) == (NO_DATA, "")
    assert "no data: nothing is loaded" in done.stderr
    done = workspace.build(check=False)
    assert (done.returncode, "no data: no CI rows are loaded" in done.stderr) == (NO_DATA, True)
    assert not workspace.site.exists()


def test_empty_window_says_that_nothing_is_known(loaded_edge: Workspace) -> None:
    done = loaded_edge.build("--as-of", "2026-12-24", "--allow-empty")
    assert "no data: the window has no commits" in done.stderr
    index = (loaded_edge.site / "index.html").read_text()
    assert "<h2>No data</h2>" in index
    assert "within their limits" not in index
    assert "passed" not in index
    listed = loaded_edge.signals("list", "--failing", check=False)
    assert (listed.returncode, listed.stdout) == (NO_DATA, "")


def test_track_without_rows_is_left_out(workspace: Workspace) -> None:
    workspace.load_trace(TRACE, name="05")
    done = workspace.signals("build", "--output", workspace.site)
    assert "the signals track is left out: nothing of it is loaded" in done.stderr
    index = (workspace.site / "index.html").read_text()
    assert "<h1>torch.compile traces</h1>" in index
    assert "commit" not in index.split('<section id="traces">')[0].split("placeholder")[0].split("<h1>")[1]
