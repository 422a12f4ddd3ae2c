"""The finished tables against an independent reading of the same logs (expect_*.json)."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from workspace import INTERMEDIATE, TRACES, Workspace

EXPECTED = sorted(TRACES.glob("*/expect_*.json.gz"))
KINDS = {
    "compilation_metrics": "compilation_metrics",
    "bwd_compilation_metrics": "bwd_compilation_metrics",
    "aot_autograd_backward_compilation_metrics": "aot_autograd_backward_compilation_metrics",
    "dynamo_start": "dynamo_starts",
    "symbolic_shape_specialization": "specializations",
    "guard_added_fast": "fast_guards",
    "compilation_metrics_runtime": "runtime_metrics",
    "bwd_compilation_metrics_runtime": "runtime_metrics",
}
COLUMNS = sorted(set(KINDS.values()))


@cache
def all_rows(folder: Path, table: str) -> list[dict[str, Any]]:
    return Workspace(folder).rows(f"select * from {table}")


def rows_of(traces: Workspace, table: str, trace: str) -> list[dict[str, Any]]:
    return [row for row in all_rows(traces.folder, table) if row["trace"] == trace]


def log_of(expected: Path) -> str:
    """The file that was read, as the tables name it."""
    name = expected.name.removeprefix("expect_").removesuffix(".json.gz")
    return f"{name}.log.zst" if expected.with_name(f"{name}.log.zst").exists() else f"{name}.log.gz"


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.parent.name + path.name[-12:-8])
def test_failures_and_restarts_equal_the_log(traces: Workspace, path: Path) -> None:
    expected = json.loads(gzip.decompress(path.read_bytes()))
    rows = rows_of(traces, "fct_compile_failures", path.parent.name)
    found = [row for row in rows if row["file"] == log_of(path)]
    found.sort(key=lambda row: row["event_number"])
    order = [[row["event"], row["line_number"]] for row in found if row["kind"] == "compilation_metrics"]
    assert order == [[kind, line] for kind, _, line in expected["failures_and_restarts_in_log_order"]]
    failures = expected["failures"] + expected["bwd_and_runtime_failures"]
    keys = ("lineno", "fail_type", "fail_reason", "co_name")
    assert sorted(tuple(entry[key] for key in keys) for entry in failures) == sorted(
        (row["line_number"], row["fail_type"], row["reason"], row["co_name"])
        for row in found
        if row["event"] == "failure"
    )
    restarts = [(row["line_number"], row["reason"]) for row in found if row["event"] == "restart"]
    assert sorted(restarts) == sorted((entry["lineno"], entry["reason"]) for entry in expected["restarts"])


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.parent.name + path.name[-12:-8])
def test_counts_per_compile_id_and_kind_equal_the_log(traces: Workspace, path: Path) -> None:
    expected = json.loads(gzip.decompress(path.read_bytes()))
    # after torch._dynamo.reset() an id occurs again; the reading counts it once
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows_of(traces, "fct_compilations", path.parent.name):
        if row["rank"] in (None, expected["expected_rank"]):
            found[row["display_name"]].update({column: row[column] for column in COLUMNS})
    wanted: dict[str, Counter[str]] = defaultdict(Counter)
    for compile_id, counts in expected["compile_ids_with_attempt"].items():
        for kind, column in KINDS.items():
            wanted["(no id)" if compile_id == "(none)" else f"[{compile_id}]"][column] += counts[kind]
    assert found == {name: counts for name, counts in wanted.items() if any(counts.values())}


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.parent.name + path.name[-12:-8])
def test_specializations_guards_and_stacks_equal_the_log(traces: Workspace, path: Path) -> None:
    expected = json.loads(gzip.decompress(path.read_bytes()))
    trace = path.parent.name

    def ours(table: str) -> list[dict[str, Any]]:
        return [row for row in rows_of(traces, table, trace) if row["file"] == log_of(path)]

    specializations = sorted(
        (
            *(row[key] for key in ("line_number", "symbol", "sources", "value", "reason")),
            len(row["framework_stack"]),
        )
        for row in ours("fct_specializations")
    )
    assert specializations == sorted(
        tuple(entry[key] for key in ("lineno", "symbol", "sources", "value", "reason", "stack_frames"))
        for entry in expected["symbolic_shape_specializations"]
    )
    guards = sorted(
        (
            *(row["line_number"], row["expression"]),
            *(len(row["framework_stack"]), [frame["file"] for frame in row["user_stack"]][-1:]),
        )
        for row in ours("fct_fast_guards")
    )
    assert guards == sorted(
        (
            *(entry["lineno"], entry["expr"], entry["stack_frames"]),
            [entry["user_last"]["filename"]] if entry["user_last"] else [],
        )
        for entry in expected["guards_added_fast"]
    )
    frames: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(traces, "fct_compile_stacks", trace):
        if row["rank"] in (None, expected["expected_rank"]):
            frames[row["compile_base"].replace("_", "/"), int(row["occurrence"])].append(row)
    occurrences: Counter[str] = Counter()
    for start in expected["dynamo_starts"]:
        occurrences[start["compile_id"]] += 1
        stack = frames[start["compile_id"], occurrences[start["compile_id"]]]
        last = max(stack, key=lambda row: int(row["frame_number"]))
        assert (last["frame_line"], last["frame_name"], last["frame_file"]) == (
            start["last"]["line"],
            start["last"]["name"],
            start["last"]["filename"],
        )
        assert len(stack) == start["frames"]


@pytest.mark.parametrize("trace", [folder.name for folder in INTERMEDIATE.iterdir()])
@pytest.mark.parametrize(
    "table",
    [
        "fct_compilations",
        "fct_compile_metrics",
        "fct_compile_failures",
        "fct_specializations",
        "fct_fast_guards",
        "fct_compile_stacks",
        "fct_time_ledger",
        "rpt_metric_values",
        "rpt_distinct_failures",
        "rpt_recompiles",
        "rpt_kernel_times",
    ],
)
def test_both_doors_give_the_same_table(traces: Workspace, trace: str, table: str) -> None:
    # where a record stood is the one thing that the doors cannot share
    place = {"trace", "compilation_key", "file", "line_number", "position"}

    def finished(name: str) -> list[str]:
        kept = ({k: v for k, v in row.items() if k not in place} for row in rows_of(traces, table, name))
        return sorted(json.dumps(row, sort_keys=True) for row in kept)

    assert finished(trace) == finished(f"{trace}.intermediate")


def test_every_key_of_the_fixtures_is_known(traces: Workspace) -> None:
    assert all_rows(traces.folder, "rpt_metric_drift") == []
