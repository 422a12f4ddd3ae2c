"""Values that only look right: they are stored as they are written, or their row is set aside."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ci_loader import ROWS, Loader, numbered, open_loader
from hypothesis import given
from hypothesis import strategies as st
from mutations import VALUES, fuzzed

from ci_signals.loaders.ci import LoadReport

UNFIT = "has a value that does not fit its type"
FINDINGS = ("failure", "error", "skipped", "rerun")
ELEMENTS = st.one_of(
    VALUES,
    st.fixed_dictionaries({}, optional=dict.fromkeys(("type", "message", "text", "more"), VALUES)),
    st.fixed_dictionaries({"message": st.text(max_size=5)}),
)


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    with open_loader(tmp_path_factory.mktemp("values")) as opened:
        yield opened


def lines(*rows: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def of_run(loader: Loader, columns: str, row: dict[str, Any]) -> list[Any]:
    return list(
        loader.client.query(
            f"select {columns} from ci_raw.test_run_s3 where job_id = {row['job_id']}"
        ).result_rows
    )


@pytest.mark.parametrize("findings", [[{}], [{"message": None}], [""], [1, 2], [None], [[]], [{"more": "x"}]])
@pytest.mark.parametrize("column", FINDINGS)
def test_a_list_of_no_findings_never_vanishes(loader: Loader, column: str, findings: list[Any]) -> None:
    row = numbered("test_run_s3", ROWS["test_run_s3"][0]) | {column: findings}
    folder, report, _ = loader.load({"test_run_s3.jsonl": lines(row)})
    assert report == LoadReport(read=1, rejected=1)
    assert loader.rejected(folder / "test_run_s3.jsonl") == {
        1: f"{column} has a value that does not fit its type"
    }


@fuzzed(20)
@given(
    st.lists(st.tuples(st.sampled_from(FINDINGS), st.lists(ELEMENTS, max_size=3)), min_size=40, max_size=40)
)
def test_counts_are_the_lengths_of_the_lists(loader: Loader, drawn: list[tuple[str, list[Any]]]) -> None:
    rows = [numbered("test_run_s3", ROWS["test_run_s3"][0]) | {column: items} for column, items in drawn]
    folder, report, _ = loader.load({"test_run_s3.jsonl": lines(*rows)})
    assert report
    assert report.read == report.loaded + report.rejected == len(rows)
    aside = loader.rejected(folder / "test_run_s3.jsonl")
    for number, (row, (column, items)) in enumerate(zip(rows, drawn, strict=True), 1):
        stored = of_run(loader, f"{column}_count, {column}.message", row)
        if number in aside:
            assert not stored
        else:
            assert stored[0][0] == len(items), items
            assert stored[0][1] == [item.get("message") or "" for item in items]


@pytest.mark.parametrize(
    ("kind", "column", "value", "reason"),
    [
        ("test_run_s3", "line", 2**63, "line is not a whole number"),
        ("test_run_s3", "workflow_run_attempt", 2**63, "workflow_run_attempt is not a whole number"),
        ("test_run_s3", "workflow_run_attempt", str(2**64), "workflow_run_attempt is not a whole number"),
        ("test_run_s3", "job_id", 2**63, "job_id is not a whole number"),
        ("test_run_s3", "duration", "1e999", "duration is not a number"),
        ("workflow_job", "run_attempt", 2**63, "run_attempt is not a whole number"),
        ("workflow_job", "id", 2**63, "id is not a whole number"),
        ("workflow_job", "started_at", "2026-11-20 25:00:00", "started_at is not a time"),
        ("workflow_job", "started_at", "2026-11-20T10:61:00Z", "started_at is not a time"),
        ("workflow_job", "completed_at", "2026-11-20T10:00:61Z", "completed_at is not a time"),
        ("workflow_job", "completed_at", "2026-11-20T10:00:00-99:99", "completed_at is not a time"),
        ("workflow_job", "created_at", "2026-02-29 10:00:00", "created_at is not a time"),
        ("workflow_job", "labels", ["gpu", 1], "labels has a value that does not fit its type"),
    ],
)
def test_a_value_that_would_be_changed_is_set_aside(
    loader: Loader, kind: str, column: str, value: Any, reason: str
) -> None:
    row = numbered(kind, ROWS[kind][0]) | {column: value}
    folder, _, _ = loader.load({f"{kind}.jsonl": lines(row)})
    assert loader.rejected(folder / f"{kind}.jsonl") == {1: reason}


@pytest.mark.parametrize(
    "changed",
    [
        {"commits": [{"id": "a" * 40, "timestamp": "garbage", "message": "m"}]},
        {"commits": [{"id": "a" * 40, "timestamp": "2026-11-20 25:00:00", "message": "m"}]},
        {"commits": [{"id": "a" * 40, "timestamp": "2026-11-20 10:00:00"}, "a" * 40]},
        {"commits": ["a" * 40]},
        {"commits": [None]},
        {"head_commit": {"id": "a" * 40, "timestamp": "2026-11-20T10:00:00-99:99"}},
    ],
)
def test_commits_of_a_push_are_not_changed(loader: Loader, changed: dict[str, Any]) -> None:
    folder, _, _ = loader.load({"push.jsonl": lines(numbered("push", ROWS["push"][0]) | changed)})
    column = next(iter(changed))
    assert loader.rejected(folder / "push.jsonl") == {1: f"{column} {UNFIT}"}


def test_a_push_as_the_events_have_it_is_loaded(loader: Loader) -> None:
    row = numbered("push", ROWS["push"][0])
    more = {"tree_id": "t", "added": [], "committer": {"name": "c", "date": None}, "distinct": True}
    row["commits"] = [commit | more for commit in row["commits"]]
    row["head_commit"] = row["head_commit"] | more
    row["head_commit"]["author"] = {"name": "A", "email": None}
    _, report, _ = loader.load({"push.jsonl": lines(row | {"pusher": {"name": "p"}, "forced": False})})
    assert report == LoadReport(read=1, loaded=1)


TIMES = st.datetimes(datetime(1970, 1, 2), datetime(2255, 12, 30))
OFFSETS = st.integers(-14 * 60, 14 * 60).filter(lambda minutes: abs(minutes) % 60 % 15 == 0)


@fuzzed(6)
@given(st.lists(st.tuples(TIMES, OFFSETS, st.integers(0, 5)), min_size=60, max_size=60))
def test_times_are_the_moments_that_are_written(
    loader: Loader, drawn: list[tuple[datetime, int, int]]
) -> None:
    rows, moments = [], []
    for moment, offset, form in drawn:
        sign, (hours, minutes) = "-" if offset < 0 else "+", divmod(abs(offset), 60)
        zone = f"{sign}{hours:02}:{minutes:02}"
        whole = moment.replace(microsecond=0)
        text, shift = (
            (f"{whole}", 0),
            (f"{whole:%Y-%m-%dT%H:%M:%S}Z", 0),
            (f"{whole:%Y-%m-%dT%H:%M:%S}{zone}", offset),
            (f"{moment:%Y-%m-%dT%H:%M:%S.%f}{zone}", offset),
            (f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC", 0),
            (f"{whole:%Y-%m-%d}", 0),
        )[form]
        kept = moment if form in (3, 4) else whole
        kept = kept.replace(hour=0, minute=0, second=0) if form == 5 else kept
        rows.append(numbered("test_run_s3", ROWS["test_run_s3"][0]) | {"time_inserted": text})
        moments.append(kept - timedelta(minutes=shift))
    _, report, _ = loader.load({"test_run_s3.jsonl": lines(*rows)})
    assert report == LoadReport(read=len(rows), loaded=len(rows))
    for row, moment in zip(rows, moments, strict=True):
        [(micros,)] = of_run(loader, "toUnixTimestamp64Micro(time_inserted)", row)
        since = moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        assert micros == since // timedelta(microseconds=1), row["time_inserted"]


@pytest.mark.parametrize("name", ["test_run_s3.jsonl.gz", "test_run_s3.jsonl.zst", "test_run_s3.parquet"])
def test_a_file_of_no_bytes_is_damaged(loader: Loader, name: str) -> None:
    _, report, error = loader.load({name: b""})
    assert report is None
    assert name in error


def test_a_bomb_is_not_inflated_beyond_the_line_limit(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ci_signals.loaders.ci._LONG_LINE", 1 << 20)
    row = numbered("test_run_s3", ROWS["test_run_s3"][0])
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(lines(row)) + b"".join(packer.compress(b" " * (1 << 20)) for _ in range(64))
    # what follows is no gzip any more, which inflating on would meet
    bomb += packer.flush(zlib.Z_FULL_FLUSH) + b"\xff" * 100
    folder, _, error = loader.load({"test_run_s3.jsonl.gz": bomb})
    assert "is not read beyond line 2, which is too long" in error
    assert loader.rejected(folder / "test_run_s3.jsonl.gz") == {2: "not JSON"}
    assert len(of_run(loader, "name", row)) == 1


def parquet(rows: list[dict[str, Any]], schema: pa.Schema | None = None, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out, **options)
    return out.getvalue()


def test_a_parquet_file_gives_the_rows_that_lines_give(loader: Loader) -> None:
    """In slices, as a stream, as lines of JSON, with times as text and as times: they are the same rows."""
    rows = [
        numbered("test_run_s3", ROWS["test_run_s3"][0])
        | {"failure": [{"type": "T", "message": "é\n", "text": ""}]}
        for _ in range(300)
    ]
    assert loader.load({"test_run_s3.jsonl": lines(*rows)})[1] == LoadReport(read=300, loaded=300)
    typed = [
        row | {"time_inserted": datetime.fromisoformat(row["time_inserted"][:26]).replace(tzinfo=UTC)}
        for row in rows
    ]
    wide = [row | {"duration": float(row["duration"]), "line": float(row["line"])} for row in typed]
    files = {
        "text.test_run_s3.parquet": parquet(rows, row_group_size=50),
        "typed.test_run_s3.parquet": parquet(typed, row_group_size=50),
        "mixed.test_run_s3.parquet": parquet(typed[::2] + typed[1::2], row_group_size=50),
        "floats.test_run_s3.parquet": parquet(wide),
    }
    for name, content in files.items():
        assert loader.load({name: content})[1] == LoadReport(read=300, known=300), name


def test_bad_rows_of_a_parquet_file_are_set_aside(loader: Loader) -> None:
    rows = [numbered("test_run_s3", {"name": f"t{n}", "time_inserted": "2026-11-20"}) for n in range(40)]
    rows[3]["time_inserted"], rows[5]["name"], rows[7]["time_inserted"] = "2026-02-30", "", None
    folder, report, _ = loader.load({"test_run_s3.parquet": parquet(rows, row_group_size=10)})
    assert report == LoadReport(read=40, loaded=38, rejected=2)
    assert loader.rejected(folder / "test_run_s3.parquet") == {
        4: "time_inserted is not a time",
        6: "name is missing or empty",
    }
    late = [row | {"time_inserted": datetime(2300, 1, 1, tzinfo=UTC)} for row in rows[:1]]
    schema = pa.schema(
        [("job_id", "int64"), ("name", "string"), ("time_inserted", pa.timestamp("us", "UTC"))]
    )
    folder, report, _ = loader.load({"test_run_s3.parquet": parquet(late, schema)})
    assert loader.rejected(folder / "test_run_s3.parquet") == {1: "time_inserted is not a time"}


def test_a_damaged_slice_costs_no_other_row(loader: Loader) -> None:
    """A row group in the middle is overwritten: what stands before it is loaded, and the damage is said."""
    rows = [numbered("test_run_s3", {"name": f"test_{n * 7919}"}) for n in range(4000)]
    content = bytearray(parquet(rows, row_group_size=1000, compression="none", use_dictionary=False))
    at = content.index(b"test_" + str(2500 * 7919).encode())
    content[at - 300 : at + 300] = b"\xff" * 600
    _, report, error = loader.load({"test_run_s3.parquet": bytes(content)})
    if report:  # the engine found nothing wrong with the bytes, but their text is none
        assert report.read == 4000
        assert report.rejected > 0
    else:
        assert "test_run_s3.parquet" in error
    assert {row["job_id"] for row in rows[:1000]} <= loader.keys("test_run_s3")


@pytest.mark.parametrize(
    "kind",
    ["test_run_s3", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("push", "workflow_job"))],
)
def test_rows_in_other_pieces_change_nothing(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    rows = [numbered(kind, ROWS[kind][0]) for _ in range(60)]
    if kind == "test_run_s3":  # several rows of a job, two of them in the same test
        rows = [row | {"job_id": rows[n // 6]["job_id"], "name": f"t{n // 2}"} for n, row in enumerate(rows)]
        rows = [row | {"line": n} for n, row in enumerate(rows)]
    count = f"select count(), sum(sipHash64(*)) from ci_raw.{kind}"
    first = loader.load({f"{kind}.jsonl": lines(*rows[:20], *rows[10:30])})[1]
    assert first == LoadReport(read=40, loaded=30, known=10)
    loader.load({f"{kind}.jsonl": lines(*rows[25:])})
    stored = loader.client.query(count).result_rows
    monkeypatch.setattr("ci_signals.loaders.ci._BATCH_BYTES", 4096)
    monkeypatch.setattr("ci_signals.loaders.lines._BLOCK", 2048)
    spread = {f"{n}.{kind}.jsonl": lines(*reversed(rows[n::7])) for n in range(7)}
    spread[f"8.{kind}.jsonl.gz"] = gzip.compress(lines(*rows, *rows))
    report = loader.load(spread)[1]
    assert report == LoadReport(read=180, known=180)
    assert loader.client.query(count).result_rows == stored


def test_row_numbers_count_in_each_file(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the batches: many files in one, a file over many."""
    monkeypatch.setattr("ci_signals.loaders.lines._BLOCK", 1000)
    row = lines(numbered("test_run_s3", ROWS["test_run_s3"][0]))
    files = {f"{n}.test_run_s3.jsonl": row * n + b"\n" + b"bad\n" + row * (3 * n) + b"bad" for n in range(9)}
    files["5.test_run_s3.jsonl"] = b""
    for size in (1 << 24, 5000):
        monkeypatch.setattr("ci_signals.loaders.ci._BATCH_BYTES", size)
        folder, _, _ = loader.load(files)
        found = {name: set(numbers) for name, numbers in loader.all_rejected(Path(folder)).items()}
        assert found == {f"{n}.test_run_s3.jsonl": {n + 2, 4 * n + 3} for n in range(9) if n != 5}
