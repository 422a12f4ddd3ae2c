"""signals list, show and sql as people and pipes get them."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
from hostile_rows import ESCAPES, LINES, LONG, NAMES, WORKFLOW
from rich.cells import cell_len
from terminal import on_terminal, without_colours
from workspace import PROJECT, Workspace, read_jsonl

from ci_signals.printable import printable, printable_json


@pytest.fixture(scope="module")
def overview(edge: Workspace) -> list[dict[str, Any]]:
    return edge.rows("select * from rpt_signal_overview order by signal_number")


@pytest.fixture(scope="module")
def listed(edge: Workspace) -> list[dict[str, Any]]:
    return [json.loads(line) for line in edge.signals("list", "--json").stdout.splitlines()]


def plain_rows(done: subprocess.CompletedProcess[str]) -> list[list[str]]:
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_list_json_is_every_signal_with_what_each_commit_said(
    edge: Workspace, listed: list[dict[str, Any]], overview: list[dict[str, Any]]
) -> None:
    assert {row["signal_id"] for row in listed} == {row["signal_id"] for row in overview}
    ranks = {"failing": 0, "unseen": 1, "flaky": 2, "seen_once": 3, "recovered": 4}
    states = [ranks[row["state"]] for row in listed]
    assert states == sorted(states)
    commits = len(read_jsonl(edge.site / "signals.jsonl")[0]["commits"])
    for row in listed:
        assert len(row["outcomes"]) == commits
        assert row["outcomes"].count("failing") == row["failing_commits"]
        assert row["outcomes"].count("flaky") == row["flaky_commits"]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--failing"], lambda row: row["is_failing"]),
        (["--flaky"], lambda row: row["is_flaky"]),
        (["--failing", "--flaky"], lambda row: row["is_failing"] or row["is_flaky"]),
        (["--workflow", "trunk"], lambda row: row["workflow_name"] == "trunk"),
    ],
)
def test_list_plain_is_a_line_a_chosen_signal(
    edge: Workspace, overview: list[dict[str, Any]], options: list[str], wanted: Any
) -> None:
    done = edge.signals("--quiet", "list", *options)
    rows = {row[0]: row[1:5] for row in plain_rows(done)}
    assert rows == {
        row["signal_id"]: [
            row["state"],
            *(printable(row[name]) for name in ("workflow_name", "job_base_name", "signal_key")),
        ]
        for row in overview
        if wanted(row)
    }
    assert done.stderr == ""


def test_list_on_a_terminal_fits_it_and_differs_without_colour(
    edge: Workspace, listed: list[dict[str, Any]]
) -> None:
    code, text = on_terminal(edge, "--quiet", "list", columns=90)
    assert code == 0
    assert "\x1b[31m■" in text
    lines = without_colours(text).splitlines()
    assert [line[:8] for line in lines[:-1]] == [row["signal_id"][:8] for row in listed]
    assert max(map(cell_len, lines)) <= 90
    shapes = {"failing": "■", "flaky": "▲", "passing": "○", "pending": "◇", "": "·"}
    assert "".join(shapes[outcome] for outcome in listed[0]["outcomes"][:24]) in lines[0]
    assert all(shape in lines[-1] for shape in shapes.values())


def test_strip_is_letters_where_shapes_cannot_be_written(edge: Workspace) -> None:
    done = edge.signals("list", "--failing", PYTHONIOENCODING="ascii")
    assert all(set(row[5]) <= set("x%o?-") for row in plain_rows(done))


def test_reader_that_stops_early_is_no_error(edge: Workspace) -> None:
    command = f"{edge.bin / 'signals'} list | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], env=edge.environment, cwd=PROJECT, text=True, capture_output=True, check=True
    )
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_show_json_has_the_events_of_the_signal(edge: Workspace) -> None:
    signals = read_jsonl(edge.site / "signals.jsonl")
    key = max(signals, key=lambda signal: sum(len(commit["events"]) for commit in signal["commits"]))["key"]
    wanted = [signal for signal in signals if signal["key"] == key]
    lines = edge.signals("show", key, "--commits", "1000", "--json").stdout.splitlines()
    assert len(lines) == len(wanted)
    for line, signal in zip(lines, wanted, strict=True):
        shown = json.loads(line)
        assert (shown["workflow_name"], shown["job_base_name"]) == (
            signal["workflow_name"],
            signal["job_base_name"],
        )
        for mine, theirs in zip(shown["commits"], signal["commits"], strict=True):
            assert (mine["head_sha"], mine["committed_at"]) == (theirs["head_sha"], theirs["timestamp"])
            shown_events = [{**event, "message": ""} for event in mine["events"]]
            names = [name for event in shown_events[:1] for name in event if name != "message"]
            kept = [{name: event[name] for name in names} | {"message": ""} for event in theirs["events"]]
            assert shown_events == kept
            assert all(bool(event["message"]) == (event["status"] == "failure") for event in mine["events"])
            assert bool(mine["gap"]) != bool(kept)


def test_show_prints_strip_story_events_and_links(edge: Workspace, listed: list[dict[str, Any]]) -> None:
    signal = listed[0]
    text = edge.signals("show", signal["signal_id"][:8], "--commits", "5").stdout
    assert printable(signal["signal_key"]) in text
    assert "failing: failed on the " in text
    assert f"broke at {signal['first_failing_sha'][:9]}" in text
    shapes = {"failing": "■", "flaky": "▲", "passing": "○", "pending": "◇", "": "·"}
    assert f"newest {''.join(shapes[outcome] for outcome in signal['outcomes'][:5])} oldest" in text
    assert "https://github.com/pytorch/pytorch/actions/runs/" in text


def test_key_of_several_jobs_shows_each_and_start_of_several_is_refused(
    edge: Workspace, overview: list[dict[str, Any]]
) -> None:
    by_key: dict[str, set[str]] = {}
    for row in overview:
        by_key.setdefault(row["signal_key"], set()).add(row["signal_id"])
    key, ids = max(by_key.items(), key=lambda item: len(item[1]))
    assert len(ids) > 1
    shown = [json.loads(line) for line in edge.signals("show", key, "--json").stdout.splitlines()]
    assert {row["signal_id"] for row in shown} == ids
    start = next(name[:-1] for name in by_key if sum(other.startswith(name[:-1]) for other in by_key) == 1)
    assert edge.signals("show", start).stdout.startswith(start)
    assert sum(name.startswith("test_") for name in by_key) > 1
    assert "give more of it, or an id" in edge.refused("show", "test_")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "no such thing"], "no signal is named 'no such thing'"),
        (["show", "\x1b[2J"], r"'\x1b[2J'"),
        (["list", "--workflow", "nope"], "no workflow 'nope' in the window: choose from"),
    ],
)
def test_wrong_name_is_one_line_and_exit_code_2(edge: Workspace, arguments: list[str], message: str) -> None:
    assert message in edge.refused(*arguments)


def test_without_a_build_it_says_what_to_run(workspace: Workspace) -> None:
    assert workspace.refused("list") == "error: there are no signals yet: run signals build\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["list"],
        ["list", "--json"],
        ["list", "--workflow", "\x1b[2J[b]"],
        ["show", "test_x.py::test_o"],
        ["show", "test_x.py::test_\x1b", "--json"],
        ["sql", "select * from rpt_signal_overview"],
    ],
)
def test_hostile_names_cannot_steer_the_terminal(hostile: Workspace, arguments: list[str]) -> None:
    _, text = on_terminal(hostile, *arguments)
    assert len(text) > 50
    left = without_colours(text)
    assert all(letter.isprintable() or letter == "\n" for letter in left), ascii(left)


def test_hostile_names_are_data_for_programs(hostile: Workspace) -> None:
    lines = hostile.signals("list", "--json").stdout.splitlines()
    assert {json.loads(line)["signal_key"] for line in lines} == {f"test_x.py::{name}" for name in NAMES}
    assert {json.loads(line)["workflow_name"] for line in lines} == {WORKFLOW}
    assert hostile.rows(f"select '{ESCAPES}' as name") == [{"name": ESCAPES}]


def test_hostile_names_are_no_markdown(hostile: Workspace) -> None:
    lines = hostile.signals("list", "--format", "markdown").stdout.splitlines()
    rows = [line for line in lines if line.startswith("| ")]
    assert len(rows) == len(NAMES) + 1
    assert {line.count(" | ") for line in rows} == {4}
    words = re.sub(
        r"\[<code>\w+</code>\]\(https://github.com/[\w%./-]+\)|</?code>|&(lt|gt|amp);|@\u2060|\\[!-/:-~]",
        "",
        "\n".join(rows),
    )
    assert not re.search(r"[<>&`*_\[\]@#\\$]|://", words), words


def test_a_summary_names_states_and_links_to_commits(edge: Workspace, listed: list[dict[str, Any]]) -> None:
    text = edge.signals("list", "--failing", "--format", "markdown").stdout
    failing = [signal for signal in listed if signal["state"] == "failing"]
    assert text.startswith("### <code>pytorch/pytorch</code>, <code>main</code>\n")
    assert f" {len(failing)} failing, " in text
    assert text.count("\n| failing | ") == min(len(failing), 100)
    assert f"](https://github.com/pytorch/pytorch/commit/{failing[0]['first_failing_sha']})" in text


def test_printable_text_is_one_line_and_printable_json_the_same_value() -> None:
    assert printable(LINES) == 'test_one\\ntwo\\r\\n"three",\\u2028four\\t;'
    assert printable("é 日本 🔥") == "é 日本 🔥"
    assert printable(LONG) == LONG
    for name in (*NAMES, "\U000e0001 tag"):
        line = printable_json(json.dumps(name, ensure_ascii=False))
        assert line.isprintable()
        assert json.loads(line) == name


def test_shell_completes_the_keys_of_show(edge: Workspace, workspace: Workspace) -> None:
    def completed(space: Workspace, start: str) -> list[str]:
        words = {"COMP_WORDS": f"signals show {start}", "COMP_CWORD": "2"}
        done = space.signals(_SIGNALS_COMPLETE="complete_bash", check=False, **words)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split()

    keys = completed(edge, "test_case_")
    assert len(keys) > 1
    assert keys == sorted(
        {
            row["signal_key"]
            for row in edge.rows(
                "select signal_key from dim_signals where startsWith(signal_key, 'test_case_')"
            )
        }
    )
    assert completed(workspace, "test_case_") == []
