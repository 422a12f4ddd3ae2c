"""The history: a window has the rows of its full build, and older commits keep their last state."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from http_endpoint import endpoint
from workspace import EDGE, EDGE_WINDOW, Workspace

LOOKBACK = timedelta(hours=3)
WAVES = ("2026-11-18T22:00:00", "2026-11-18T23:30:00", "2026-11-19T01:00:00", "2026-11-19T03:00:00")

HISTORY = ("models/intermediate/signals/history", "models/marts/signals/history", "rpt_known_span")
MODELS = ("--select", "+fct_commit_states", *HISTORY)


@dataclass(frozen=True)
class Step:
    """One build: the wave of raw rows loaded before it (None: no new ones), its moment, what else happens."""

    wave: int | None
    as_of: str
    loses_a_push: bool = False
    arguments: Sequence[str] = MODELS


STEPS = (
    Step(0, WAVES[0]),
    Step(1, WAVES[1]),
    Step(2, WAVES[1]),  # the same window again, with rows that came late
    Step(None, WAVES[2]),
    Step(3, "2026-11-18T23:00:00"),  # an older window, with rows that came later still
    Step(None, WAVES[3], loses_a_push=True),
    Step(None, WAVES[3], arguments=("--full-refresh", "--select", *HISTORY)),
)


def moment(row: dict[str, Any]) -> str:
    """When a raw row happened, as far as its table tells."""
    if "time_inserted" in row:
        return str(row["time_inserted"])
    return str(row["head_commit"]["timestamp"] if "head_commit" in row else row["created_at"])


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The edge rows in folders by when they arrive: two rows in five a build or two after they happened."""
    folders = [tmp_path_factory.mktemp(f"wave{number}") for number in range(len(WAVES))]
    for table in ("push", "workflow_job", "test_run_s3"):
        arrived: list[list[str]] = [[] for _ in WAVES]
        with gzip.open(EDGE / f"{table}.jsonl.gz", "rt") as file:
            for line in file:
                happened = moment(json.loads(line)).replace(" ", "T")
                wave = next((n for n, as_of in enumerate(WAVES) if happened <= as_of), len(WAVES) - 1)
                delay = 0 if table == "push" else (0, 0, 0, 1, 2)[crc32(line.encode()) % 5]
                arrived[min(wave + delay, len(WAVES) - 1)].append(line)
        for folder, lines in zip(folders, arrived, strict=True):
            if lines:
                (folder / f"{table}.jsonl").write_text("".join(lines))
    return folders


def build(workspace: Workspace, waves: list[Path], steps: Sequence[Step]) -> list[dict[str, Any]]:
    """What the tables hold after each step."""
    plan = [
        [
            str(waves[step.wave]) if step.wave is not None else "",
            step.as_of,
            step.loses_a_push,
            list(step.arguments),
        ]
        for step in steps
    ]
    done = workspace.python("build_steps.py", json.dumps(plan))
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def kept(built: Sequence[dict[str, Any]], steps: Sequence[Step]) -> Iterator[dict[str, tuple[str, Any]]]:
    """What must be known after each step, from the full builds alone: sha -> (as_of, its events)."""
    known: dict[str, tuple[str, Any]] = {}
    pushed: dict[str, str] = {}
    for step, tables in zip(steps, built, strict=True):
        as_of = step.as_of.replace("T", " ")
        starts_at = str(datetime.fromisoformat(as_of) - LOOKBACK)
        held = dict(tables["commits"])
        for sha in [*known]:
            if sha not in held and starts_at <= pushed[sha][:19] <= as_of and known[sha][0] <= as_of:
                del known[sha]
        for sha, pushed_at in held.items():
            if sha not in known or known[sha][0] <= as_of:
                known[sha] = (as_of, [row for row in tables["full"] if row[0] == sha])
                pushed[sha] = pushed_at
        yield dict(known)


def reach(step: Step, tables: dict[str, Any]) -> list[Any]:
    """Since when windows overlap without a hole, and how many events are known since then."""
    end = step.as_of.replace("T", " ")
    since, events = datetime.fromisoformat(end) - LOOKBACK, len(tables["full"])
    held = {sha for sha, _ in tables["commits"]}
    older = sorted(((as_of, sha, n) for sha, as_of, n in tables["seen"] if as_of < end), reverse=True)
    for as_of, sha, n in older:
        if datetime.fromisoformat(as_of) < since:
            break
        since = min(since, datetime.fromisoformat(as_of) - LOOKBACK)
        events += n if sha not in held else 0
    return [str(since), events]


def check(built: Sequence[dict[str, Any]], steps: Sequence[Step]) -> None:
    """After every step the history is what the full builds say it must be."""
    newest = ""
    for number, (step, tables, known) in enumerate(
        zip(steps, built, kept(built, steps), strict=True), start=1
    ):
        assert tables["seen"] == sorted(
            [sha, as_of, len(events)] for sha, (as_of, events) in known.items()
        ), step
        assert tables["history"] == sorted(row for _, events in known.values() for row in events), step
        if step.as_of >= newest:  # the window's part is the full build
            newest = step.as_of
            of_window = {sha for sha, as_of, _ in tables["seen"] if as_of == step.as_of.replace("T", " ")}
            assert [row for row in tables["history"] if row[0] in of_window] == tables["full"]
        assert sum(events for _, events in tables["signals"]) == len(tables["history"])
        assert tables["known"][0] == reach(step, tables)
        assert tables["written"] == number  # each build writes one part, so all of it or nothing


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, waves: list[Path]) -> list[dict[str, Any]]:
    """The tables after each of STEPS, on the embedded engine."""
    return build(Workspace(tmp_path_factory.mktemp("history")), waves, STEPS)


def test_every_window_is_its_full_build_and_older_commits_stay_as_last_seen(
    built: list[dict[str, Any]],
) -> None:
    check(built, STEPS)


def test_the_steps_hold_what_can_go_wrong(built: list[dict[str, Any]]) -> None:
    first, second, again, third, older, last, refreshed = built
    events: list[dict[str, list[Any]]] = [{sha: [] for sha, _ in tables["commits"]} for tables in built]
    for of_step, tables in zip(events, built, strict=True):
        for row in tables["full"]:
            of_step[row[0]].append(row)
    held_twice = events[0].keys() & events[1].keys()
    assert any(events[0][sha] != events[1][sha] for sha in held_twice)  # attempts came in
    assert second["full"] != again["full"]  # rows came late for a window that was built
    assert events[0].keys() - events[3].keys()  # commits left the window
    left = {row[1] for row in again["full"]} - {row[1] for row in third["full"]}
    assert left  # signals left with their last failure
    assert left & {row[1] for row in third["history"]}  # and are what older commits were last seen with
    seen = [{sha: as_of for sha, as_of, _ in tables["seen"]} for tables in (third, older)]
    in_older = {sha for sha, _ in older["commits"]}
    filled = {sha for sha in in_older if seen[1][sha] == "2026-11-18 23:00:00"}
    assert filled  # by the older window, for what only still older ones had held
    assert in_older - filled  # and the rest is as newer windows saw it
    assert [row for row in older["history"] if row[0] not in filled] == [
        row for row in third["history"] if row[0] not in filled
    ]
    gone = {sha for sha, _, _ in older["seen"]} - {sha for sha, _, _ in last["seen"]}
    assert len(gone) == 1
    assert refreshed["history"] == last["history"]  # --full-refresh leaves it alone
    assert first["seen"]


@pytest.mark.slow
def test_a_server_keeps_the_same_history(
    built: list[dict[str, Any]], waves: list[Path], tmp_path: Path
) -> None:
    with endpoint(tmp_path / "server") as server:
        assert build(Workspace(tmp_path).on(server.environment), waves, STEPS[:2]) == built[:2]


@pytest.mark.slow
def test_the_bot_reads_the_same_bytes_without_a_history(edge: Workspace, loaded_edge: Workspace) -> None:
    window = (*EDGE_WINDOW, "--select", "tag:signals")
    build = ("build", "--no-history", *window, "--output", loaded_edge.site)
    said = loaded_edge.signals("-v", "--vars", "{quality_grace_minutes: 61}", *build).stderr
    assert """--vars '{"quality_grace_minutes": 61, "keep_history": false}'""" in said
    for name in ("signals.jsonl", "signals.csv", "events.csv"):
        assert (loaded_edge.site / name).read_bytes() == (edge.site / name).read_bytes()
    counts = edge.rows(
        "select (select count() from fct_signal_event_history) as n,"
        " (select count() from fct_signal_events) as m"
    )[0]
    assert int(counts["n"]) == int(counts["m"]) > 0
    assert not loaded_edge.rows(
        "select name from system.tables where database = 'ci_signals'"
        " and match(name, 'history|commit_states')"
    )
