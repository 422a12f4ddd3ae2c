"""Damaged files of CI rows: only the damaged part is lost, and no command ends in a traceback."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from backports import zstd
from ci_loader import KINDS, ROWS, Loader, numbered, open_loader
from hypothesis import given
from hypothesis import strategies as st
from mutations import EDITS, VALUES, edited, fuzzed

from ci_signals.console import Console
from ci_signals.loaders.ci import LoadReport, load_ci

FILES_A_LOAD = 20


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    with open_loader(tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


def surely_bad(kind: str, line: bytes) -> bool:
    """Whether a row is bad beyond doubt, in Python's reading of it."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        row = json.loads(line.decode(), parse_constant=refuse)
    except (ValueError, RecursionError):
        return True
    if not isinstance(row, dict):
        return True
    required = {"push": ["ref"], "workflow_job": ["name", "head_sha"], "test_run_s3": ["name"]}[kind]
    texts = [*required, *(["dynamoKey"] if kind == "push" else [])]
    lists = {"push": ["commits"], "workflow_job": ["labels"], "test_run_s3": ["failure", "error"]}[kind]
    times = {"push": [], "workflow_job": ["started_at"], "test_run_s3": ["time_inserted"]}[kind]
    return (
        any(not row.get(name) for name in required)
        or any(not isinstance(row.get(name), str | None) for name in texts)
        or any(not isinstance(row.get(name), list | None) for name in lists)
        or any(not could_be_time(row.get(name)) for name in times)
        or (kind != "push" and not could_be_id(row.get(KINDS[kind])))
    )


def could_be_id(value: Any) -> bool:
    try:
        return not isinstance(value, bool | float) and 0 != int(value) < 2**64
    except (TypeError, ValueError):
        return False


def could_be_time(value: Any) -> bool:
    if not value or (isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e10):
        return value is not False
    try:
        return bool(datetime.fromisoformat(str(value)[:10]))
    except ValueError:
        return False


def lines_of(content: bytes) -> list[bytes]:
    content = content.removeprefix(b"\xef\xbb\xbf")
    return [line.strip(b" \t\r\n") for line in content.split(b"\n")]


@fuzzed(27)
@given(
    plans=st.lists(
        st.tuples(st.sampled_from(sorted(KINDS)), EDITS), min_size=FILES_A_LOAD, max_size=FILES_A_LOAD
    )
)
def test_every_line_of_a_damaged_file_is_loaded_or_set_aside(
    loader: Loader, plans: list[tuple[str, list[Any]]]
) -> None:
    files: dict[str, bytes] = {}
    whole: dict[str, dict[bytes, Any]] = {}
    for number, (kind, edits) in enumerate(plans):
        rows = [numbered(kind, row) for row in ROWS[kind]]
        good = {json.dumps(row).encode(): row[KINDS[kind]] for row in rows}
        name = f"{number:02}.{kind}.jsonl"
        files[name] = edited(b"\n".join(good) + b"\n", edits)
        whole[name] = good
    folder, report, error = loader.load(files)
    assert report is not None, error
    assert report.read == report.loaded + report.known + report.rejected
    rejected = loader.all_rejected(folder)
    stored = {kind: loader.keys(kind) for kind in KINDS}
    assert report.rejected == sum(map(len, rejected.values()))
    assert report.read == sum(bool(line) for content in files.values() for line in lines_of(content))
    for name, content in files.items():
        kind = name.split(".")[1]
        aside = rejected.get(name, {})
        assert all(aside.values())
        for number, line in enumerate(lines_of(content), 1):
            if line in whole[name]:
                assert number not in aside, (name, number, aside[number])
                assert whole[name][line] in stored[kind], (name, number)
            elif line:
                assert number in aside or not surely_bad(kind, line), (name, number, line)
            else:
                assert number not in aside


@fuzzed(12)
@given(
    changes=st.lists(
        st.tuples(st.sampled_from(sorted(KINDS)), st.integers(0, 30), VALUES), min_size=15, max_size=15
    )
)
@pytest.mark.slow
def test_a_wrong_value_sets_its_own_row_aside(loader: Loader, changes: list[tuple[str, int, Any]]) -> None:
    files, expected = {}, []
    for number, (kind, column, value) in enumerate(changes):
        before, changed, after = (numbered(kind, row) for row in ROWS[kind][:3])
        changed[list(changed)[column % len(changed)]] = value
        name = f"{number:02}.{kind}.jsonl"
        lines = [json.dumps(row).encode() for row in (before, changed, after)]
        files[name] = b"\n".join(lines)
        expected.append((kind, name, before[KINDS[kind]], after[KINDS[kind]], lines[1]))
    folder, report, error = loader.load(files)
    assert report is not None, error
    assert (report.read, report.loaded + report.known + report.rejected) == (3 * len(files), 3 * len(files))
    rejected = loader.all_rejected(folder)
    stored = {kind: loader.keys(kind) for kind in KINDS}
    for kind, name, before_key, after_key, line in expected:
        aside = rejected.get(name, {})
        assert set(aside) <= {2}
        assert {before_key, after_key} <= stored[kind]
        assert aside or not surely_bad(kind, line), (name, line)


SQUEEZE: dict[str, Callable[[bytes], bytes]] = {"jsonl.gz": gzip.compress, "jsonl.zst": zstd.compress}


def parquet_of(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(
        pa.Table.from_pylist([{"job_id": row["job_id"], "name": row["name"]} for row in rows]), out
    )
    return out.getvalue()


@fuzzed(15)
@given(
    plans=st.lists(
        st.tuples(st.sampled_from(["jsonl.gz", "jsonl.zst", "parquet"]), EDITS), min_size=20, max_size=20
    )
)
def test_a_damaged_archive_does_not_stop_the_others(
    loader: Loader, plans: list[tuple[str, list[Any]]]
) -> None:
    last = [numbered("test_run_s3", row) for row in ROWS["test_run_s3"]]
    files = {"zz.test_run_s3.jsonl": b"\n".join(json.dumps(row).encode() for row in last)}
    for number, (suffix, edits) in enumerate(plans):
        rows = [numbered("test_run_s3", row) for row in ROWS["test_run_s3"]]
        plain = b"\n".join(json.dumps(row).encode() for row in rows)
        content = SQUEEZE[suffix](plain) if suffix in SQUEEZE else parquet_of(rows)
        files[f"{number:02}.test_run_s3.{suffix}"] = edited(content, edits)
    _, report, error = loader.load(files)
    assert report or (error and "\n" not in error)
    assert {row["job_id"] for row in last} <= loader.keys("test_run_s3")


@pytest.mark.parametrize("suffix", sorted(SQUEEZE))
def test_rows_before_the_damage_are_loaded(loader: Loader, suffix: str) -> None:
    rows = [numbered("test_run_s3", {"name": f"test_{n * 7919}", "file": "x.py"}) for n in range(30_000)]
    content = SQUEEZE[suffix](b"\n".join(json.dumps(row).encode() for row in rows))
    _, report, error = loader.load({f"test_run_s3.{suffix}": content[: len(content) * 3 // 4]})
    assert report is None
    assert "is cut short or damaged" in error
    assert {row["job_id"] for row in rows[:1000]} <= loader.keys("test_run_s3")


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("workflow_id", 2**70, "workflow_id is not a whole number"),
        ("workflow_id", " 7", "workflow_id is not a whole number"),
        ("duration", "12abc", "duration is not a number"),
        ("time_inserted", "2026-02-30 00:00:00", "time_inserted is not a time"),
        ("time_inserted", 10**12, "time_inserted is not a time"),
    ],
)
def test_a_value_that_would_become_zero_is_set_aside(
    loader: Loader, column: str, value: Any, reason: str
) -> None:
    row = numbered("test_run_s3", ROWS["test_run_s3"][0]) | {column: value}
    folder, _, _ = loader.load({"test_run_s3.jsonl": json.dumps(row).encode()})
    assert loader.rejected(folder / "test_run_s3.jsonl") == {1: reason}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("time_inserted", "0001-01-01T00:00:00Z"),
        ("time_inserted", ""),
        ("time_inserted", 1795000000),
        ("time_inserted", "2026-11-20T10:00:00.123+02:00"),
        ("workflow_id", "7"),
        ("duration", "1.5"),
        ("duration", None),
    ],
)
def test_a_value_that_can_be_read_is_loaded(loader: Loader, column: str, value: Any) -> None:
    row = numbered("test_run_s3", ROWS["test_run_s3"][0]) | {column: value}
    _, report, _ = loader.load({"test_run_s3.jsonl": json.dumps(row).encode()})
    assert report == LoadReport(read=1, loaded=1)


def test_a_line_without_end_is_set_aside_by_its_start(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ci_signals.loaders.ci._LONG_LINE", 1 << 16)
    rows = [numbered("test_run_s3", row) for row in ROWS["test_run_s3"][:2]]
    long = json.dumps(rows[0] | {"name": "x" * (1 << 20)})
    folder, report, _ = loader.load({"test_run_s3.jsonl": f"{long}\n{json.dumps(rows[1])}\n".encode()})
    assert report == LoadReport(read=2, loaded=1, rejected=1)
    assert loader.rejected(folder / "test_run_s3.jsonl") == {1: "not JSON"}


def test_a_file_name_of_any_bytes_is_loaded_and_named(loader: Loader) -> None:
    folder = loader.folder / "names"
    folder.mkdir()
    hostile = "test_run_s3 \n'; {x:String} %s.jsonl"
    names = [b"test_run_s3 \xff.jsonl", hostile.encode()]
    for name in names:
        row = json.dumps(numbered("test_run_s3", ROWS["test_run_s3"][0])).encode()
        with open(bytes(folder) + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(row + b"\nbad\n")
    report = load_ci(loader.settings, Console(quiet=True), [folder])
    assert report == LoadReport(read=4, loaded=2, rejected=2)
    assert set(loader.all_rejected(folder)) == {
        "test_run_s3 \\xff.jsonl",
        "test_run_s3 \n'; {x:String} %s.jsonl",
    }
