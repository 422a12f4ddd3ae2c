"""The files beside the site: the same signals in every format, as their schema says."""

from __future__ import annotations

import copy
import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet
import pytest
from hostile_rows import NAMES
from workspace import PROJECT, Workspace, read_jsonl

FILES = {
    "signals.jsonl",
    "signals.parquet",
    "signals.csv",
    "signals.schema.json",
    "events.parquet",
    "events.csv",
    "build.json",
    "incidents.jsonl",
    "incidents.schema.json",
    "failures.parquet",
    "failures.csv",
}


@pytest.fixture(scope="module")
def schema(edge: Workspace) -> jsonschema.Draft202012Validator:
    """The schema as it was written beside the signals."""
    written: dict[str, Any] = json.loads((edge.site / "signals.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(written)
    return jsonschema.Draft202012Validator(written)


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, strict=True))


def read_parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return rows


def text_of_times(value: Any) -> Any:
    """Times of Parquet as the JSON lines write them."""
    if isinstance(value, datetime):
        assert value.utcoffset() is not None
        return value.replace(tzinfo=None).isoformat()
    if isinstance(value, list):
        return [text_of_times(item) for item in value]
    if isinstance(value, dict):
        return {name: text_of_times(item) for name, item in value.items()}
    return value


def test_build_writes_every_file_and_leaves_nothing_half_written(edge: Workspace) -> None:
    assert {path.name for path in edge.site.iterdir() if path.is_file()} == FILES | {
        "index.html",
        "dictionary.html",
    }
    index = (edge.site / "index.html").read_text()
    assert all(f'href="{name}"' in index for name in FILES)


@pytest.mark.parametrize("name", ["edge", "hostile"])
def test_every_line_fits_the_schema(
    request: pytest.FixtureRequest, schema: jsonschema.Draft202012Validator, name: str
) -> None:
    signals = read_jsonl(request.getfixturevalue(name).site / "signals.jsonl")
    assert signals
    for signal in signals:
        schema.validate(signal)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("key",), None),
        (("source",), "build"),
        (("extra",), 1),
        (("commits",), []),
        (("commits", 0, "head_sha"), "main"),
        (("commits", 0, "timestamp"), "2026-11-20 12:00:00"),
        (("commits", 0, "events", 0, "status"), "skipped"),
        (("commits", 0, "events", 0, "started_at"), "2026-11-20T12:00:00Z"),
        (("commits", 0, "events", 0, "job_id"), "7"),
        (("commits", 0, "events", 0, "name"), "run=1"),
    ],
)
def test_schema_refuses_another_shape(
    edge: Workspace, schema: jsonschema.Draft202012Validator, place: tuple[Any, ...], value: object
) -> None:
    signal = copy.deepcopy(read_jsonl(edge.site / "signals.jsonl")[0])
    signal["commits"] = [commit for commit in signal["commits"] if commit["events"]]
    schema.validate(signal)
    inner = signal
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    assert not schema.is_valid(signal)


@pytest.mark.parametrize("name", ["edge", "hostile"])
def test_parquet_holds_the_signals_of_the_json_lines(request: pytest.FixtureRequest, name: str) -> None:
    site = request.getfixturevalue(name).site
    rows = text_of_times(read_parquet(site / "signals.parquet"))
    assert [{key: row[key] for key in row if key != "signal_id"} for row in rows] == read_jsonl(
        site / "signals.jsonl"
    )


@pytest.mark.parametrize("name", ["edge", "hostile"])
def test_events_are_those_of_the_json_lines_in_csv_and_parquet(
    request: pytest.FixtureRequest, name: str
) -> None:
    site = request.getfixturevalue(name).site
    of_lines = [
        {
            "signal_key": signal["key"],
            "head_sha": commit["head_sha"],
            "commit_rank": rank,
            "event_number": number,
        }
        | {"workflow_name": signal["workflow_name"], "job_base_name": signal["job_base_name"]}
        | {"source": signal["source"], "event_name": event["name"], "status": event["status"]}
        | {field: event[field] for field in ("started_at", "wf_run_id", "run_attempt", "job_id")}
        for signal in read_jsonl(site / "signals.jsonl")
        for rank, commit in enumerate(signal["commits"], 1)
        for number, event in enumerate(commit["events"], 1)
    ]
    parquet = text_of_times(read_parquet(site / "events.parquet"))
    ids = [(row.pop("signal_id"), row["commit_rank"], row["event_number"]) for row in parquet]
    assert ids == sorted(ids)

    def in_order(rows: list[dict[str, Any]]) -> list[str]:
        return sorted(json.dumps({key: str(row[key]) for key in sorted(row)}) for row in rows)

    assert in_order(parquet) == in_order(of_lines)
    table = read_csv(site / "events.csv")
    assert [row.pop("signal_id") for row in table] == [signal_id for signal_id, _, _ in ids]
    assert in_order(table) == in_order(of_lines)


def test_signals_csv_is_the_overview_with_empty_cells_where_nothing_is_known(edge: Workspace) -> None:
    rows = read_csv(edge.site / "signals.csv")
    wanted = edge.rows("select * from rpt_signal_overview order by signal_number")
    assert [row["signal_key"] for row in rows] == [row["signal_key"] for row in wanted]
    for row, full in zip(rows, wanted, strict=True):
        assert row["state"] == full["state"]
        assert float(row["flake_rate"]) == full["flake_rate"]
        broke = (full["broke_at"] or "")[:19].replace(" ", "T")
        assert (row["first_failing_sha"], row["broke_at"]) == (full["first_failing_sha"] or "", broke)
        assert row["is_failing"] == ("true" if full["is_failing"] else "false")
    assert any(not row["broke_at"] for row in rows)


def test_hostile_names_come_through_csv_unchanged(hostile: Workspace) -> None:
    keys = {row["signal_key"] for row in read_csv(hostile.site / "signals.csv")}
    assert {f"test_x.py::{name}" for name in NAMES} == keys


def test_schema_in_the_package_is_the_one_written(edge: Workspace) -> None:
    packaged = PROJECT / "python" / "ci_signals" / "signals.schema.json"
    assert packaged.read_bytes() == (edge.site / "signals.schema.json").read_bytes()
