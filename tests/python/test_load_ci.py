"""Loading CI rows: formats, rows that are there already, rows that are bad."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from workspace import EDGE, Workspace

JOB: dict[str, Any] = {
    "id": 1,
    "run_id": 10,
    "run_attempt": 1,
    "name": "linux / test (default, 1, 1, gpu)",
    "workflow_name": "pull",
    "head_sha": "a" * 40,
    "status": "completed",
    "conclusion": "success",
    "created_at": "2026-11-20 10:00:00.000000000",
    "started_at": "2026-11-20 10:01:00.000000000",
    "completed_at": "2026-11-20 11:00:00.000000000",
    "url": "https://api.github.com/repos/pytorch/pytorch/actions/jobs/1",
    "dynamoKey": "pytorch/pytorch/1",
}
RUN: dict[str, Any] = {"job_id": 1, "name": "test_a", "file": "test_x.py", "failure": [], "error": []}
NAMES = {
    *("push", "workflow_job", "test_run_s3", "rejected_rows", "workflow_run", "junit_reports", "junit_rows"),
    *("trace_loads", "trace_lines", "trace_runs"),
}
_SQUEEZE: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstd.compress}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, edge_rows: Callable[[Path], Workspace]) -> Workspace:
    """A workspace that the tests of this module load into, each under job ids of its own."""
    return edge_rows(tmp_path_factory.mktemp("loads"))


def write(path: Path, *rows: Any) -> Path:
    lines = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def test_rows_loaded_twice_are_there_once(loaded: Workspace) -> None:
    done = loaded.signals("load", "ci", EDGE)
    assert "14,788 rows read, 0 loaded, 14,788 already there, 0 rejected" in done.stderr
    assert loaded.rows("select count() as n from ci_raw.test_run_s3 where job_id >= 30000000000") == [
        {"n": 14788}
    ]


@pytest.mark.parametrize(
    ("job_id", "suffix"), [(1001, "jsonl"), (1002, "json.gz"), (1003, "ndjson.zst"), (1004, "parquet")]
)
def test_every_format_gives_the_same_row(loaded: Workspace, tmp_path: Path, job_id: int, suffix: str) -> None:
    job = JOB | {"id": job_id, "name": "naïve / test <b>'\"\\"}
    plain = write(tmp_path / "workflow_job.jsonl", job)
    file = tmp_path / f"default.workflow_job_1.{suffix}"
    if suffix == "parquet":
        rows = f"select * from file('{plain}', JSONEachRow)"
        loaded.python("query_files.py", f"{rows} into outfile '{file}' format Parquet")
    else:
        squeeze = _SQUEEZE.get(suffix.split(".")[-1], bytes)
        file.write_bytes(squeeze(plain.read_bytes()))
    plain.unlink()
    done = loaded.signals("load", "ci", file)
    assert "1 rows read, 1 loaded, 0 already there, 0 rejected (workflow_job)" in done.stderr
    row = loaded.rows(f"select * from ci_raw.workflow_job where id = {job_id}")[0]
    assert {name: row[name] for name in JOB} == job


def test_byte_order_mark_crlf_and_blank_lines_are_no_rows(loaded: Workspace, tmp_path: Path) -> None:
    line = json.dumps(RUN | {"job_id": 2000}).encode()
    file = tmp_path / "test_run_s3.jsonl"
    file.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n\r\n \n" + line.replace(b"test_a", b"test_b"))
    done = loaded.signals("load", "ci", file)
    assert "2 rows read, 2 loaded" in done.stderr


def test_bad_rows_are_set_aside_with_their_reason(loaded: Workspace, tmp_path: Path) -> None:
    good = RUN | {"job_id": 3000}
    file = write(
        tmp_path / "test_run_s3.jsonl",
        good,
        b"{not json",
        [1, 2],
        RUN | {"job_id": 0},
        RUN | {"job_id": "many"},
        RUN | {"failure": {"type": "a dict"}},
        RUN | {"time_inserted": "yesterday"},
        {"job_id": 3000},
        b'{"job_id": 3000, "name": "\xff"}',
        good | {"job_id": "3000", "name": "quoted id"},
    )
    for _ in range(2):  # loading it again changes nothing
        done = loaded.signals("load", "ci", file)
        assert "8 rejected" in done.stderr
        assert "8 rows were rejected; see ci_raw.rejected_rows" in done.stderr
    rejected = loaded.rows(
        "select row_number, reason, row from ci_raw.rejected_rows final"
        f" where endsWith(file, '{tmp_path.name}/test_run_s3.jsonl') order by row_number"
    )
    assert [(row["row_number"], row["reason"]) for row in rejected] == [
        (2, "not JSON"),
        (3, "not a JSON object"),
        (4, "job_id is missing or empty"),
        (5, "job_id is not a whole number"),
        (6, "failure is not a list"),
        (7, "time_inserted is not a time"),
        (8, "name is missing or empty"),
        (9, "not UTF-8"),
    ]
    assert rejected[0]["row"] == "{not json"
    names = loaded.rows("select name from ci_raw.test_run_s3 where job_id = 3000 order by name")
    assert names == [{"name": "quoted id"}, {"name": "test_a"}]


def test_files_without_a_usable_row_are_an_error_or_named(loaded: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    bad = write(tmp_path / "bad" / "push.jsonl", b"{not json", [1])
    worse = write(tmp_path / "bad" / "test_run_s3.jsonl", RUN | {"job_id": 0})
    listed = f"{bad} (not JSON), {worse} (job_id is missing or empty)"
    said = loaded.refused("--quiet", "load", "ci", tmp_path / "bad")
    assert said == f"error: no row of {listed} can be used\n"
    count = f"select count() as n from ci_raw.rejected_rows final where startsWith(file, '{tmp_path}')"
    assert loaded.rows(count) == [{"n": 3}]

    write(tmp_path / "bad" / "workflow_job.jsonl", JOB | {"id": 6000})
    done = loaded.signals("load", "ci", tmp_path / "bad")
    assert f"warning: no row of 2 of 3 files can be used: {listed}" in done.stderr
    # an export of a quiet hour holds no rows
    assert "0 rows read" in loaded.signals("load", "ci", write(tmp_path / "push.jsonl")).stderr


def test_times_with_zones_are_the_same_moment(loaded: Workspace, tmp_path: Path) -> None:
    zoned = {"created_at": "2026-11-20T12:00:00+02:00", "started_at": "2026-11-20T10:01:00Z"}
    file = write(tmp_path / "workflow_job.jsonl", JOB | zoned | {"id": 4000})
    loaded.signals("load", "ci", file, TZ="Asia/Tokyo")
    row = loaded.rows("select created_at, started_at from ci_raw.workflow_job where id = 4000")[0]
    assert row["created_at"].startswith("2026-11-20 10:00:00")
    assert row["started_at"].startswith("2026-11-20 10:01:00")


def test_keep_going_failure_shows_through_the_aliases(loaded: Workspace, tmp_path: Path) -> None:
    empty = {"captures": [], "context": [], "job_id": 0, "line": "", "line_num": 0, "rule": ""}
    temp = empty | {"line": "FAILED", "rule": "pytest failure"}
    running = {"status": "in_progress", "conclusion": "", "completed_at": None}
    file = write(
        tmp_path / "workflow_job.jsonl",
        JOB | running | {"id": 5000, "torchci_classification": empty, "torchci_classification_temp": temp},
    )
    loaded.signals("load", "ci", file)
    row = loaded.rows(
        "select conclusion_kg, torchci_classification_kg.rule as rule, repository_full_name"
        " from ci_raw.workflow_job where id = 5000"
    )[0]
    assert row == {
        "conclusion_kg": "failure",
        "rule": "pytest failure",
        "repository_full_name": "pytorch/pytorch",
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("rows.jsonl", b"{}", "name it after its table"),
        ("pushes_of_today.txt", b"{}", "name it after its table"),
        ("push.jsonl.gz", gzip.compress(b'{"ref": "x"}\n' * 9000)[:-20], "is cut short or damaged"),
        ("push.jsonl.gz", b"plain", "cannot read"),
        ("push.jsonl.zst", b"plain", "is cut short or damaged"),
        ("push.parquet", b"plain", "as Parquet"),
    ],
)
def test_unusable_file_is_one_clear_line(
    loaded: Workspace, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    done = loaded.signals("load", "ci", file, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_path_and_empty_folder_are_one_clear_line(loaded: Workspace, tmp_path: Path) -> None:
    for path, message in ((tmp_path / "nowhere", "no such file or folder"), (tmp_path, "no files of push")):
        assert message in loaded.refused("load", "ci", path)


def test_the_tables_are_those_that_dbt_makes(
    loaded: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    by_dbt = Workspace(tmp_path_factory.mktemp("by_dbt"))
    by_dbt.dbt("--quiet", "run-operation", "create_raw_tables")
    made = "select name, create_table_query from system.tables where database = 'ci_raw' order by name"
    assert loaded.rows(made) == [row for row in by_dbt.rows(made) if row["name"] in NAMES]
    assert {row["name"] for row in loaded.rows(made)} == NAMES


def test_the_last_line_says_how_long_it_took(loaded: Workspace) -> None:
    said = loaded.signals("load", "ci", EDGE / "push.jsonl.gz").stderr.splitlines()[-1]
    assert re.search(r"rows read, .* rejected in [0-9.]+ s, [0-9,]+ rows a second$", said)


def test_rows_of_an_emptied_table_are_loaded_anew(loaded: Workspace, tmp_path: Path) -> None:
    """What is already there is asked of the table, not remembered of the file."""
    file = write(tmp_path / "test_run_s3.jsonl", *(RUN | {"job_id": 9000, "name": f"t{n}"} for n in range(9)))
    loaded.signals("load", "ci", file)
    delete = "delete from ci_raw.test_run_s3 where job_id = 9000 and name in ('t1', 't5')"
    loaded.python("run_statement.py", loaded.folder / "store", delete)
    again = loaded.signals("load", "ci", file).stderr
    assert "9 rows read, 2 loaded, 7 already there, 0 rejected (test_run_s3)" in again
