"""signals diff: which cells changed between two builds, and files that are not signals.jsonl."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from terminal import on_terminal, without_colours
from workspace import Workspace, read_jsonl


def write(path: Path, signals: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(signal) + "\n" for signal in signals))
    return path


@pytest.fixture(scope="module")
def later(edge: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The edge signals as a later build might have them, and what was changed."""
    signals = read_jsonl(edge.site / "signals.jsonl")
    gone, named, touched = signals[0], signals[1], signals[2]
    came = copy.deepcopy(named) | {"key": "new [b]\x1b[31mkey", "source": "test"}
    cell = next(commit for commit in touched["commits"] if commit["events"])
    before = copy.deepcopy(cell["events"])
    cell["events"][0]["status"] = "pending" if before[0]["status"] != "pending" else "success"
    moved_job = next(commit for commit in signals[3]["commits"] if commit["events"])
    moved_job["events"][0]["job_id"] += 1
    last = signals[4]["commits"][-1]["head_sha"]
    changed = [*copy.deepcopy(signals[1:]), came]
    for signal in changed:
        assert signal["commits"].pop()["head_sha"] == last
        signal["commits"].insert(0, {"head_sha": "f" * 40, "timestamp": "2026-11-20T12:00:00", "events": []})
    path = write(tmp_path_factory.mktemp("later") / "later [*]{1,2}.jsonl", changed)
    return path, {
        "gone": gone,
        "came": came,
        "touched": touched,
        "cell": cell,
        "before": before,
        "last": last,
    }


def test_same_signals_have_no_difference_and_exit_code_0(edge: Workspace, tmp_path: Path) -> None:
    lines = (edge.site / "signals.jsonl").read_text().splitlines()
    squeezed = tmp_path / "again.jsonl.gz"
    squeezed.write_bytes(gzip.compress("\r\n".join(reversed(lines)).encode()))
    done = edge.signals("diff", edge.site / "signals.jsonl", squeezed)
    assert done.stdout == ""
    assert done.stderr.startswith("0 cells changed; signals: 0 came, 0 went")


def test_every_change_is_one_line_and_exit_code_1(
    edge: Workspace, later: tuple[Path, dict[str, Any]]
) -> None:
    path, made = later
    done = edge.signals("diff", edge.site / "signals.jsonl", path, "--json", check=False)
    assert done.returncode == 1
    changes = [json.loads(line) for line in done.stdout.splitlines()]
    names = ("source", "workflow_name", "job_base_name", "key")
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        by_kind.setdefault(change["change"], []).append(change)
    assert {kind: len(rows) for kind, rows in by_kind.items()} == {
        "signal_came": 1,
        "signal_went": 1,
        "commit_came": 1,
        "commit_went": 1,
        "cell": 2,
    }
    for kind, signal in (("signal_came", "came"), ("signal_went", "gone")):
        assert [by_kind[kind][0][name] for name in names] == [made[signal][name] for name in names]
    assert by_kind["commit_came"][0]["head_sha"] == "f" * 40
    assert by_kind["commit_went"][0]["head_sha"] == made["last"]
    cell = by_kind["cell"][0]
    assert [cell[name] for name in names] == [made["touched"][name] for name in names]
    assert cell["head_sha"] == made["cell"]["head_sha"]
    assert (cell["before"], cell["after"]) == (made["before"], made["cell"]["events"])
    assert "2 cells changed; signals: 1 came, 1 went; commits: 1 came, 1 went" in done.stderr


def test_changes_read_as_before_and_after(edge: Workspace, later: tuple[Path, dict[str, Any]]) -> None:
    path, made = later
    statuses = [
        ", ".join(event["status"] for event in events) for events in (made["before"], made["cell"]["events"])
    ]
    done = edge.signals("--quiet", "diff", edge.site / "signals.jsonl", path, check=False)
    cells = [line for line in done.stdout.splitlines() if line.startswith("~ cell")]
    assert len(cells) == 2
    assert f"{made['cell']['head_sha'][:9]}  " in cells[0]
    assert all(status in cells[0] for status in statuses)
    assert cells[1].endswith("another run, start or job")
    assert done.stderr == ""
    code, text = on_terminal(edge, "diff", edge.site / "signals.jsonl", path)
    left = without_colours(text)
    assert code == 1
    assert r"+ signal new [b]\x1b[31mkey" in left
    assert all(letter.isprintable() or letter == "\n" for letter in left)


def test_what_is_no_signals_file_is_one_line_and_exit_code_2(edge: Workspace, tmp_path: Path) -> None:
    good = (edge.site / "signals.jsonl").read_text().splitlines()
    for name, text, message in (
        ("other", '{"a":1}\n', "1 of its lines are not signals"),
        ("cut", f"{good[0]}\n{good[1][:300]}", "line 2: "),
        ("twice", f"{good[0]}\n{good[0]}\n", "1 of them occur twice"),
        ("bytes", "PAR1\x00\x01", "is not a signals.jsonl"),
        (None, "", "no such file"),
    ):
        path = tmp_path / f"{name}.jsonl"
        if name:
            path.write_text(text)
        said = edge.refused("diff", edge.site / "signals.jsonl", path)
        assert message in said
        assert str(path) in said
        assert len(said) < 500


def test_build_without_signals_is_compared_too(edge: Workspace, tmp_path: Path) -> None:
    done = edge.signals(
        "diff", edge.site / "signals.jsonl", write(tmp_path / "none.jsonl", []), "--json", check=False
    )
    assert done.returncode == 1
    assert {json.loads(line)["change"] for line in done.stdout.splitlines()} == {"signal_went"}


def test_other_variables_change_cells_signals_and_incidents_and_leave_the_tables_alone(
    demo_site: Path,
) -> None:
    sample = Workspace(demo_site.parent)
    built = "select build_id, finished_at from dim_build"
    before, policies = sample.rows(built), "{failed_and_passed: success, job_test_signals: true}"
    done = sample.signals("diff", "--vars", policies, "--json", check=False)
    assert done.returncode == 1
    changes = [json.loads(line) for line in done.stdout.splitlines()]
    cells = [change for change in changes if change["change"] == "cell"]
    assert cells
    for cell in cells:
        assert [event["status"] for event in cell["before"]] != ["success"]
        assert [event["status"] for event in cell["after"]] == ["success"]
    came = [change["key"] for change in changes if change["change"] == "signal_came"]
    assert came
    assert all(key.endswith(" [test]") for key in came)
    assert {change["change"] for change in changes} & {"incident_changed", "incident_came"}
    assert sample.rows(built) == before
    assert not sample.rows("select name from system.databases where name like '%diff%'")


def test_variables_that_cannot_be_compared_are_one_line(edge: Workspace) -> None:
    assert "no variable failed" in edge.refused("diff", "--vars", "{failed: x}")
    assert "one of these" in edge.refused("diff", "a.jsonl", "--vars", "{}")
    assert "the signals.jsonl of two builds" in edge.refused("diff", "a.jsonl")
    assert "once or twice" in edge.refused("diff", *("--vars", "{}") * 3)
