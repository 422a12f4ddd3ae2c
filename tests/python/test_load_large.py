"""Large Parquet files, staged beside the raw table: the same rows, counts and reasons as small ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from workspace import Workspace

ROWS = 60_000
_GROUPS = "output_format_parquet_row_group_size = 20000, output_format_parquet_write_bloom_filter = 0"
# 300 jobs, whose rows are all over the file.
_ROW = (
    "toInt64(50000 + number % 300) as job_id, concat('test_', toString(intDiv(number, 300))) as name,"
    " 'a.py' as file, [('', toString(number), '')]::Array(Tuple(type String, message String, text String))"
    " as failure, toDateTime64('2026-11-20 10:00:00', 9, 'UTC') as time_inserted"
)
_STORED = (
    "select count() as n, uniqExact(tuple(*)) as unlike"
    " from ci_raw.test_run_s3 where job_id between 50000 and 60000"
)


@pytest.fixture
def loaded(tmp_path: Path, edge_rows: Callable[[Path], Workspace]) -> Workspace:
    return edge_rows(tmp_path)


def written(workspace: Workspace, folder: str, rows: str, order: str = "cityHash64(number)") -> Path:
    file = workspace.folder / folder / "test_run_s3.parquet"
    file.parent.mkdir()
    asked = f"select {_ROW} from numbers({rows}) order by {order}"
    workspace.python("query_files.py", f"{asked} into outfile '{file}' format Parquet settings {_GROUPS}")
    return file


def stored(workspace: Workspace) -> tuple[int, int]:
    """How many rows there are, and how many that differ. No table is left of a load."""
    assert not workspace.rows("select name from system.tables where startsWith(name, '_staged_')")
    [row] = workspace.rows(_STORED)
    return row["n"], row["unlike"]


def test_large_files_add_what_is_not_there(loaded: Workspace) -> None:
    # as a load that was killed leaves it
    left = "create table ci_raw._staged_test_run_s3 as ci_raw.test_run_s3"
    loaded.python("run_statement.py", loaded.folder / "store", left)
    first = written(loaded, "first", f"0, {ROWS}")
    counts = f"{ROWS:,} rows read, {ROWS:,} loaded, 0 already there, 0 rejected"
    assert counts in loaded.signals("load", "ci", first).stderr
    assert stored(loaded) == (ROWS, ROWS)

    # the same rows in another order, one of them in a file before
    again = written(loaded, "again", f"0, {ROWS}", "number desc")
    counts = f"{ROWS:,} rows read, 0 loaded, {ROWS:,} already there, 0 rejected"
    assert counts in loaded.signals("load", "ci", again).stderr
    assert stored(loaded) == (ROWS, ROWS)

    # half of them new, of the same jobs; then of other jobs
    half = written(loaded, "half", f"{ROWS // 2}, {ROWS}")
    counts = f"{ROWS:,} rows read, {ROWS // 2:,} loaded, {ROWS // 2:,} already there, 0 rejected"
    assert counts in loaded.signals("load", "ci", half).stderr
    assert stored(loaded) == (ROWS * 3 // 2, ROWS * 3 // 2)

    loaded.signals("unload", "ci", "--file", half)
    assert stored(loaded) == (ROWS // 2, ROWS // 2)


def test_rows_of_large_files_are_set_aside_and_not_repeated(loaded: Workspace) -> None:
    file = loaded.folder / "test_run_s3.parquet"
    rows = f"select number, {_ROW} from numbers({ROWS})"
    # a hundred rows twice more, and three bad ones at known places
    loaded.python(
        "query_files.py",
        f"select * except (number) replace (if(number in (7, 59999), '', name) as name,"
        " if(number = 1000, unhex('ff'), file) as file)"
        f" from (select 0 as part, * from ({rows}) union all"
        f" select 1, * from ({rows}) where number between 2000 and 2099 union all"
        f" select 2, * from ({rows}) where number between 2000 and 2099)"
        f" order by part, number into outfile '{file}' format Parquet settings max_threads = 1",
    )
    read, bad = ROWS + 200, 3
    for loads in range(2):
        good = ROWS - bad
        counts = (0, read - bad) if loads else (good, 200)
        said = loaded.signals("load", "ci", file).stderr
        assert f"{read:,} rows read, {counts[0]:,} loaded, {counts[1]:,} already there, 3 rejected" in said
        assert stored(loaded) == (good, good)
    rejected = loaded.rows(
        "select row_number, reason from ci_raw.rejected_rows final"
        " where endsWith(file, '/test_run_s3.parquet') order by row_number"
    )
    assert [(row["row_number"], row["reason"]) for row in rejected] == [
        (8, "name is missing or empty"),
        (1001, "not UTF-8"),
        (60000, "name is missing or empty"),
    ]


def test_large_files_keep_what_comes_before_the_damage(loaded: Workspace) -> None:
    whole = written(loaded, "whole", f"0, {ROWS * 2}", "number")
    content = bytearray(whole.read_bytes())
    middle, length = len(content) // 2, len(content) // 6  # as long as a row group
    content[middle : middle + length] = b"\xff" * length
    whole.write_bytes(content)
    said = loaded.signals("load", "ci", whole, check=False)
    assert said.returncode == 2
    assert f"cannot read {whole} as Parquet" in said.stderr
    rows, unlike = stored(loaded)
    assert 0 < rows == unlike < ROWS * 2
    assert loaded.signals("load", "ci", whole, check=False).returncode == 2
    again, unlike = stored(loaded)  # the engine comes a few rows further in one load than in another
    assert rows <= again == unlike < ROWS * 2


def test_a_load_reads_no_rows_of_other_jobs(loaded: Workspace) -> None:
    # one row of a job in the file, and many of jobs after it
    rows = (
        "insert into ci_raw.test_run_s3 (job_id, name)"
        f" select if(number = 0, 50000, 60000 + number), 'a' from numbers({50 * ROWS})"
    )
    loaded.python("run_statement.py", loaded.folder / "store", rows)
    file = written(loaded, "file", f"0, {ROWS}")
    done = loaded.python("rows_read.py", "load", "ci", file)
    assert f"{ROWS:,} loaded, 0 already there" in done.stderr
    assert int(done.stdout) < 50 * ROWS
