"""The signals pages as files: what is written, escaped, refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from workspace import SAMPLE, Workspace

from ci_signals.errors import UserError
from ci_signals.site.data_files import write_data, write_file
from ci_signals.site.index import render_index


def read_data(path: Path) -> Any:
    """The JSON inside a data script."""
    found = re.fullmatch(r'siteData\("([a-z0-9-]+)",(.*)\);\n', path.read_text(), re.DOTALL)
    assert found
    assert found[1] == path.stem
    return json.loads(found[2])


def as_dicts(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def signal_of(site: Path, workflow: str, ending: str) -> dict[str, Any]:
    rows = as_dicts(read_data(site / "signals/data/grid.js")["signals"])
    (found,) = [row for row in rows if row["workflow"] == workflow and row["key"].endswith(ending)]
    return found


def test_data_script_holds_no_tag_and_no_old_line_end(tmp_path: Path) -> None:
    value = ["</script><script>", "a\u2028b\u2029c", 'quote " and \\']
    write_data(tmp_path, "grid", json.dumps(value, ensure_ascii=False).encode())
    text = (tmp_path / "grid.js").read_text()
    assert "<" not in text
    assert "\u2028" not in text
    assert "\u2029" not in text
    assert read_data(tmp_path / "grid.js") == value


def test_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match=r"cannot write .*choose another --output"):
        write_file(tmp_path / "file" / "index.html", "")


def test_index_without_tracks_says_what_to_do(tmp_path: Path) -> None:
    text = render_index(tmp_path, None, []).read_text()
    assert "signals load ci" in text
    assert "signals load trace" in text


def test_render_before_build_writes_an_index_only(workspace: Workspace) -> None:
    done = workspace.signals("render", "--output", workspace.site)
    assert "nothing to show" in done.stderr
    assert (workspace.site / "index.html").exists()
    assert not (workspace.site / "signals").exists()


def test_output_that_is_a_file_is_a_user_error(workspace: Workspace) -> None:
    workspace.site.write_text("in the way")
    workspace.refused("render", "--output", workspace.site)


def test_sample_file_names_are_those_that_load_knows() -> None:
    assert sorted(path.name for path in (SAMPLE / "ci").iterdir()) == [
        "push.jsonl.gz",
        "test_run_s3.jsonl.gz",
        "workflow_job.jsonl.gz",
    ]


def test_grid_shows_the_story(demo_site: Path) -> None:
    data = read_data(demo_site / "signals/data/grid.js")
    assert data["window"][0]["commits"] == len(data["commits"]) - 1 == 30
    fusion = signal_of(demo_site, "trunk", "test_reshape_epilogue_fusion_cuda")
    assert fusion["state"] == "recovered"
    commits = as_dicts(data["commits"])
    assert commits[fusion["first_failing_rank"] - 1]["title"].startswith("[inductor] Fuse pointwise")
    assert commits[fusion["fixed_rank"] - 1]["title"].startswith('Revert "[inductor] Fuse pointwise')
    attention = signal_of(demo_site, "pull", "matches_math_bfloat16_cpu")
    assert (attention["state"], attention["candidate_commits"]) == ("failing", 2)
    barrier = signal_of(demo_site, "trunk", "barrier_timeout_names_the_key")
    assert (barrier["state"], barrier["flaky_commits"]) == ("flaky", 5)
    windows = signal_of(demo_site, "trunk", "win-vs2022-cpu-py3 / build")
    assert (windows["source"], windows["state"]) == ("job", "failing")


def test_what_lies_outside_is_not_on_the_grid(demo_site: Path) -> None:
    data = read_data(demo_site / "signals/data/grid.js")
    titles = {commit["title"] for commit in as_dicts(data["commits"])}
    assert not titles & {
        "wip: flash mask",
        "Bump torchvision transforms",
        "Canary: nothing to see",
        "Sort the backward formulas (#171260)",
    }
    bases = {signal["base"] for signal in as_dicts(data["signals"])}
    assert not any("rocm" in base for base in bases)


def test_hostile_names_stay_data(demo_site: Path) -> None:
    markup = signal_of(demo_site, "pull", '_"quoted"_&amp;')
    assert "<script>window.injected=1</script>" in markup["key"]
    for page in demo_site.rglob("*.html"):
        assert "<script>window" not in page.read_text()
    for file in (demo_site / "signals/data").glob("*.js"):
        assert "<" not in file.read_text()


def test_events_of_a_signal_are_in_the_file_of_its_id(demo_site: Path) -> None:
    barrier = signal_of(demo_site, "trunk", "barrier_timeout_names_the_key")
    rows = read_data(demo_site / f"signals/data/events-{barrier['id'][:2]}.js")
    (events, days, texts, shards) = next(row[1:] for row in rows if row[0] == barrier["id"])
    strip: dict[int, str] = {}
    for rank, letter, *_ in events:
        strip[rank] = strip.get(rank, "") + letter
    assert {rank + 1: letters for rank, letters in enumerate(barrier["strip"].split(" ")) if letters} == strip
    assert [row[0] for row in days] == [1, 3, 7]
    said = {(letter, texts[number - 1][1] if number else "") for _, letter, *_, number, _, _ in events}
    assert {message for letter, message in said if letter != "f"} <= {""}
    assert ("f", "RuntimeError: Timed out after 10s waiting for 'barrier/3'") in said
    assert {shards[number - 1] for *_, number, _ in events} == {
        "shard 2 of 3, default, linux.g6.4xlarge.nvidia.gpu"
    }
    assert all(seconds > 0 for _, letter, *_, seconds in events if letter != "p")


def test_rendering_again_drops_files_of_signals_that_are_gone(demo_site: Path) -> None:
    stale = demo_site / "signals/data/events-zz.js"
    stale.write_text("")
    Workspace(demo_site.parent).signals("render", "--output", demo_site)
    assert not stale.exists()
