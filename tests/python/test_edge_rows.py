"""The edge rows give the expected Signals, whatever way they come in."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import yaml
from workspace import EDGE, EDGE_WINDOW, PROJECT, Workspace, read_jsonl

TABLES = ("push", "workflow_job", "test_run_s3")


def expected(name: str) -> Any:
    with gzip.open(EDGE / f"{name}.json.gz") as file:
        return json.load(file)


def test_every_signal_commit_and_event_is_as_expected(edge: Workspace) -> None:
    wanted = expected("expected_signals")
    built = read_jsonl(edge.site / "signals.jsonl")
    assert [signal["key"] for signal in built] == [signal["key"] for signal in wanted]
    for mine, theirs in zip(built, wanted, strict=True):
        for commit, other in zip(mine["commits"], theirs["commits"], strict=True):
            assert commit == other, mine["key"]
    assert built == wanted


def test_a_replay_sees_what_a_run_at_that_moment_would_have_seen(loaded_edge: Workspace) -> None:
    moment = ("--as-of", "2026-11-19T18:00:00", "--hours", 24)
    built = loaded_edge.build_signals(*moment, "--workflow", "trunk", "--workflow", "pull")
    wanted = expected("expected_signals_asof_20261119T180000_24h_trunk_pull")
    assert read_jsonl(built) == wanted


def test_shuffled_pieces_in_another_order_give_the_same_bytes(edge: Workspace, workspace: Workspace) -> None:
    shuffler = random.Random(7)
    pieces: list[Path] = []
    for table in TABLES:
        with gzip.open(EDGE / f"{table}.jsonl.gz", "rt") as file:
            lines = file.readlines()
        shuffler.shuffle(lines)
        for number in range(3):
            piece = workspace.folder / f"{table}_{number}.jsonl"
            piece.write_text("".join(lines[number::3]))
            pieces.append(piece)
    shuffler.shuffle(pieces)
    for piece in pieces[:4]:
        workspace.signals("load", "ci", piece)
    workspace.signals("load", "ci", *pieces, TZ="America/New_York")  # four of them again
    built = workspace.build_signals(*EDGE_WINDOW)
    assert built.read_bytes() == (edge.site / "signals.jsonl").read_bytes()


def test_test_rows_of_another_table_and_database_give_the_same_bytes(
    edge: Workspace, loaded_edge: Workspace
) -> None:
    """By the variables that docs/deployment.md shows; the table that is loaded into is not there."""
    page = (PROJECT / "docs" / "deployment.md").read_text()
    example = yaml.safe_load(page.partition("# newer_tests.yml\n")[2].partition("\n\n")[0])
    chosen = json.dumps(example | {"ci_database": "ci_raw", "load_database": "ci_raw"})
    for statement in (
        "create database tests",
        "create table tests.all_test_runs engine = MergeTree order by name as"
        " select *, failure_count, error_count, skipped_count from ci_raw.test_run_s3",
        "drop table ci_raw.test_run_s3",
    ):
        loaded_edge.python("run_statement.py", loaded_edge.folder / "store", statement)
    built = loaded_edge.build_signals(*EDGE_WINDOW, options=("--vars", chosen))
    assert built.read_bytes() == (edge.site / "signals.jsonl").read_bytes()
    left = loaded_edge.rows("select name from system.tables where database = 'ci_raw' and name like '%test%'")
    assert left == []
    said = loaded_edge.refused("--vars", chosen, "load", "ci", EDGE)
    assert "test rows are read from test_run_database, where nothing is loaded" in said


def test_every_row_and_every_blank_cell_is_explained(edge: Workspace) -> None:
    ledger = edge.rows("select row_kind, reason, sum(row_count) as n from fct_row_ledger group by all")
    by_reason = {(row["row_kind"], row["reason"]): int(row["n"]) for row in ledger}
    assert by_reason[("job", "older_version")] == 45  # ids stored twice
    assert sum(n for (kind, _), n in by_reason.items() if kind == "job") == 1073
    assert sum(n for (kind, _), n in by_reason.items() if kind == "test_run") == 14788
    cells = edge.rows(
        "select (select count() from dim_signals) * (select count() from dim_commits) as n,"
        " (select uniqExact(signal_id, commit_rank) from fct_signal_events) as with_events,"
        " (select uniqExact(signal_id, commit_rank) from fct_signal_gaps"
        "  where (signal_id, commit_rank) not in"
        "   (select signal_id, commit_rank from fct_signal_events)) as blank"
    )[0]
    assert int(cells["n"]) == int(cells["with_events"]) + int(cells["blank"])


def test_objects_are_the_lines_of_the_jsonl(edge: Workspace) -> None:
    done = edge.python("print_signals.py")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines == [
        [
            *(signal[name] for name in ("key", "workflow_name", "job_base_name", "source")),
            [
                [
                    commit["head_sha"],
                    commit["timestamp"],
                    [list(event.values()) for event in commit["events"]],
                ]
                for commit in signal["commits"]
            ],
        ]
        for signal in read_jsonl(edge.site / "signals.jsonl")
    ]
