"""The bundled sample rows are what their script writes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from workspace import SAMPLE

TABLES = ("push", "workflow_job", "test_run_s3")


def write_rows(folder: Path) -> dict[str, bytes]:
    subprocess.run([sys.executable, SAMPLE / "make_ci_rows.py", folder], check=True)
    return {table: (folder / f"{table}.jsonl.gz").read_bytes() for table in TABLES}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return write_rows(tmp_path_factory.mktemp("once"))


def test_rows_are_the_same_on_every_run(written: dict[str, bytes], tmp_path: Path) -> None:
    assert write_rows(tmp_path) == written


@pytest.mark.parametrize("table", TABLES)
def test_bundled_rows_are_what_the_script_writes(table: str, written: dict[str, bytes]) -> None:
    # unpacked: another zlib may pack the same rows in other bytes
    assert gzip.decompress((SAMPLE / "ci" / f"{table}.jsonl.gz").read_bytes()) == gzip.decompress(
        written[table]
    )


def test_sample_is_small(written: dict[str, bytes]) -> None:
    assert sum(map(len, written.values())) < 1_000_000


def test_sample_tells_its_story(written: dict[str, bytes]) -> None:
    jobs = [json.loads(line) for line in gzip.decompress(written["workflow_job"]).splitlines()]
    seen = {(job["status"], job["conclusion"], job["torchci_classification"]["rule"]) for job in jobs}
    assert {
        ("completed", "failure", "pytest failure"),
        ("completed", "failure", "sccache error"),
        ("completed", "timed_out", "GHA timeout"),
        ("completed", "cancelled", "GHA job was cancelled"),
        ("completed", "skipped", ""),
        ("in_progress", "", ""),
    } <= seen
    assert max(job["run_attempt"] for job in jobs) == 2
    assert any(job["torchci_classification_temp"]["line"] and not job["conclusion"] for job in jobs)
    assert any("unstable" in job["name"] for job in jobs)
