"""Loading JUnit reports: dialects, the job of each report, reports that wait, files that are set aside."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from ci_loader import ROWS, Loader, open_loader
from github_documents import job as github_job
from workspace import FIXTURES

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.junit_tag import tag_reports
from ci_signals.loaders.github import load_github
from ci_signals.loaders.junit import load_junit

DIALECTS = FIXTURES / "junit"
EXPECTED = json.loads((DIALECTS / "expected.json").read_text())
REPORT = '<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>'
ENDED_JOBS = range(1001, 1041)
_numbers, _ended_jobs = count(2001), iter(ENDED_JOBS)


def job_row(job_id: int, **more: Any) -> dict[str, Any]:
    ended = {"status": "completed", "completed_at": "2026-11-20 11:00:00.000000000", "run_attempt": 1}
    return {**ROWS["workflow_job"][0], "id": job_id, "run_id": job_id * 10, **ended, **more}


@dataclass(frozen=True)
class Junit:
    """A store that this process has open, a folder for files, and what the last load said."""

    loader: Loader
    folder: Path
    capture: pytest.CaptureFixture[str]

    def job(self, **more: Any) -> int:
        """The id of a job that is loaded and has ended, and that no other test asks for."""
        job_id = next(_numbers if more else _ended_jobs)
        if more:
            self.load_jobs(job_row(job_id, **more))
        return job_id

    def load_jobs(self, *jobs: dict[str, Any]) -> str:
        self.loader.load({"workflow_job.jsonl": "\n".join(map(json.dumps, jobs)).encode()})
        return self.capture.readouterr().err

    def write(self, path: str, content: str | bytes = REPORT) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def load(self, *paths: Path, job: int | None = None, path: str | None = None) -> str:
        """Load reports; what the command says."""
        self.capture.readouterr()
        load_junit(self.loader.settings, Console(), list(paths), job, path)
        return self.capture.readouterr().err

    def rows(self, job_id: int, columns: str = "name") -> list[tuple[Any, ...]]:
        query = f"select {columns} from ci_raw.test_run_s3 where job_id = {job_id} order by all"
        return [tuple(row) for row in self.loader.client.query(query).result_rows]

    def reasons(self, file: Path) -> list[tuple[int, str]]:
        query = (
            "select row_number, reason from ci_raw.rejected_rows final"
            " where source_table = 'junit' and file = {file:String}"
        )
        return [
            (int(line), str(reason))
            for line, reason in self.loader.client.query(query, parameters={"file": str(file)}).result_rows
        ]


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    """A store with jobs that have ended, and with the reports of all dialects under job 1."""
    with open_loader(tmp_path_factory.mktemp("junit")) as opened:
        rows = "\n".join(json.dumps(job_row(job_id)) for job_id in (1, *ENDED_JOBS))
        opened.load({"workflow_job.jsonl": rows.encode()})
        load_junit(opened.settings, Console(quiet=True), [DIALECTS], 1)
        yield opened


@pytest.fixture
def junit(loader: Loader, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Junit:
    return Junit(loader, tmp_path, capsys)


@pytest.mark.parametrize("dialect", EXPECTED)
def test_every_dialect_gives_its_testcases(junit: Junit, dialect: str) -> None:
    """expected.json was written by hand: file, name, outcome and reruns of each testcase."""
    counts = "failure_count > 0, 'failed', error_count > 0, 'errored', skipped_count > 0, 'skipped', 'passed'"
    columns = f"invoking_file, file, name, multiIf({counts}), rerun_count"
    found = [row[1:] for row in junit.rows(1, columns) if row[0].startswith(f"{DIALECTS / dialect}#")]
    assert sorted(found) == [tuple(row) for row in EXPECTED[dialect]]


def test_every_dialect_has_an_expectation() -> None:
    assert {path.name for path in DIALECTS.iterdir()} == {"expected.json", *EXPECTED}


def test_messages_and_texts_are_kept(junit: Junit) -> None:
    columns = "basename(invoking_file), failure, error, skipped, rerun"
    said = {report: found for report, *found in junit.rows(1, columns)}
    failure = {"type": "", "message": "assert 10 == 11"}
    text = "def test_carry():\n>       assert add(9, 1) == 11\nE       assert 10 == 11"
    assert said["pytest_xunit1.xml#2"] == [[failure | {"text": text}], [], [], []]
    assert said["pytest_xunit1.xml#3"][2] == [
        {"type": "pytest.skip", "message": "needs a GPU", "text": "tests/test_sums.py:20: needs a GPU"}
    ]
    assert said["surefire.xml#2"][3] == [
        {
            "message": "expected: 3 but was: 2",
            "text": "AssertionFailedError: expected: 3 but was: 2"
            "\n\tat org.shop.CartTest.totals(CartTest.java:20)",
        },
        {"message": "timeout", "text": "TimeoutException: timeout"},
    ]


def test_a_row_has_what_its_job_and_report_say(junit: Junit) -> None:
    job_id = junit.job(run_id=77, run_attempt=3, completed_at="2026-11-20 11:30:00.000000000")
    file = DIALECTS / "pytest_xunit1.xml"
    junit.load(file, job=job_id)
    columns = "name, classname, invoking_file, line, time, toString(time_inserted)"
    assert junit.rows(job_id, f"{columns}, workflow_id, workflow_run_attempt")[0] == (
        "test_add[1-2]",
        "tests.test_sums.TestSums",
        f"{file}#1",
        11,
        0.25,
        "2026-11-20 11:30:00.000000000",
        77,
        3,
    )


def test_a_time_that_is_none_counts_as_0_and_is_counted(junit: Junit) -> None:
    job_id = junit.job()
    times = ["1,234.5", "2e-3", ".5", "-1", "x", "NaN", "", "12,34", "1,234", "0,123.5"]
    cases = "".join(f'<testcase name="{number}" time="{time}"/>' for number, time in enumerate(times))
    said = junit.load(junit.write("r.xml", f"<testsuite>{cases}</testsuite>"), job=job_id)
    assert "6 testcases have a time that is no number of seconds" in said
    assert [time for _, time in junit.rows(job_id, "name, time")] == [1234.5, 0.002, 0.5, *(7 * [0])]


def test_loading_again_changes_nothing_from_any_folder(junit: Junit) -> None:
    """Equal testcases of a report are all kept: they differ in their position."""
    job_id = junit.job()
    equal = '<testsuite><testcase name="a"/><testcase name="a"/><testcase name="a"/></testsuite>'
    first = junit.write("one/r.xml", equal)
    assert "3 testcases, 3 loaded, 0 already there" in junit.load(first, job=job_id)
    assert "3 testcases, 0 loaded, 3 already there" in junit.load(first, job=job_id)
    assert "3 testcases, 0 loaded, 3 already there" in junit.load(junit.write("two/r.xml", equal), job=job_id)
    assert junit.rows(job_id, "invoking_file") == [(f"{first}#{position}",) for position in (1, 2, 3)]


def test_a_copy_in_the_same_load_is_no_further_run(junit: Junit) -> None:
    job_id = junit.job()
    junit.write("one/r.xml")
    junit.write("two/r.xml")
    junit.write("three/other.xml")  # another report, which happens to have the same bytes
    assert "r.xml: 2 testcases, a copy of another report" in junit.load(junit.folder, job=job_id)
    assert junit.rows(job_id) == [("a",), ("a",), ("b",), ("b",)]


def test_rows_of_an_emptied_table_are_loaded_anew(junit: Junit) -> None:
    job_id = junit.job()
    file = junit.write("r.xml")
    junit.load(file, job=job_id)
    junit.loader.client.command(f"delete from ci_raw.test_run_s3 where job_id = {job_id} and name = 'b'")
    assert "1 loaded, 1 already there" in junit.load(file, job=job_id)
    assert junit.rows(job_id) == [("a",), ("b",)]


def test_the_path_names_the_job(junit: Junit) -> None:
    jobs = [junit.job() for _ in range(4)]
    junit.write(f"reports/job-{jobs[0]}/r.xml")
    junit.write(f"reports/linux-job-{jobs[1]}-attempt-1/deep/r.xml.gz", gzip.compress(REPORT.encode()))
    junit.write(f"reports/job-{jobs[2]}.zip", zipped({"a/r.xml": REPORT, "notes.txt": "no report"}))
    junit.write("reports/artifact.zip", zipped({f"job-{jobs[3]}/r.xml.gz": gzip.compress(REPORT.encode())}))
    junit.load(junit.folder / "reports")
    assert [junit.rows(job_id) for job_id in jobs] == [[("a",), ("b",)]] * 4


def test_a_tag_of_a_job_finds_it(junit: Junit, monkeypatch: pytest.MonkeyPatch) -> None:
    by_id, by_name = junit.job(), junit.job(name="build", run_attempt=2)
    for variable, value in (("RUN_ID", by_name * 10), ("RUN_ATTEMPT", 2), ("JOB", "build")):
        monkeypatch.setenv(f"GITHUB_{variable}", str(value))
    for folder, job_id in (("one", str(by_id)), ("two", "")):
        file = junit.write(f"{folder}/r.xml")
        tag_reports(Console(), file.parent, job_id)
    assert "warning: without --check-run-id" in junit.capture.readouterr().err
    junit.load(junit.folder)
    assert junit.rows(by_id) == junit.rows(by_name) == [("a",), ("b",)]


def test_a_tag_outside_a_job_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("RUN_ID", "RUN_ATTEMPT", "JOB"):
        monkeypatch.delenv(f"GITHUB_{variable}", raising=False)
    for folder, job_id, message in (
        (tmp_path, "", "this is no job of GitHub Actions"),
        (tmp_path, "5 or so", "is not the id of a job"),
        (tmp_path / "nowhere", "5", "no such folder"),
    ):
        with pytest.raises(UserError, match=message):
            tag_reports(Console(), folder, job_id)
    monkeypatch.setenv("GITHUB_RUN_ID", "many")
    with pytest.raises(UserError, match="GITHUB_RUN_ID is 'many', not a number"):
        tag_reports(Console(), tmp_path, "5")
    assert list(tmp_path.iterdir()) == []


def test_a_template_says_how_paths_name_jobs(junit: Junit) -> None:
    job_id = junit.job(name="linux / test (3.12)")
    junit.write(f"r/junit-{job_id}/deep/r.xml")
    junit.load(junit.folder / "r", path="{artifact}-{job_id}/**")
    assert junit.rows(job_id) == [("a",), ("b",)]
    other = junit.job(name="linux / test (3.13)")
    junit.write(f"s/{other * 10}-1-linux-test-3.13-.zip", zipped({"r.xml": REPORT}))
    junit.load(junit.folder / "s", path="{run_id}-{run_attempt}-{job_name}/*.xml")
    assert junit.rows(other) == [("a",), ("b",)]


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{job}/**", "choose from job_id"),
        ("{run_id}/**", "needs {job_id}, or all of"),
        ("{job_id}-{job_id}", "twice"),
    ],
)
def test_an_unusable_template_is_refused(junit: Junit, template: str, message: str) -> None:
    with pytest.raises(UserError, match=message.replace("{", r"\{").replace("}", r"\}")):
        junit.load(junit.folder, path=template)


def test_a_sidecar_names_the_job_of_the_reports_below_it(junit: Junit) -> None:
    by_id, by_name, zipped_job = junit.job(), junit.job(name="test"), junit.job()
    junit.write("r/one/ci_signals.json", json.dumps({"job_id": by_id}))
    junit.write("r/one/deep/r.xml")
    named = {"run_id": str(by_name * 10), "run_attempt": 1, "job_name": "test"}
    junit.write("r/two/ci_signals.json", json.dumps(named))
    file = junit.write("r/two/r.xml")
    sidecar = json.dumps({"job_id": zipped_job})
    junit.write("r/three.zip", zipped({"ci_signals.json": sidecar, "r.xml": REPORT}))
    junit.load(junit.folder / "r")
    assert [len(junit.rows(job_id)) for job_id in (by_id, by_name, zipped_job)] == [2, 2, 2]
    assert "0 loaded, 2 already there" in junit.load(file)  # a file alone has its sidecar too


@pytest.mark.parametrize(
    ("sidecar", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ('{"job_id": 1.5}', "job_id in ci_signals.json beside it is not a whole number"),
        ('{"run_id": 5, "run_attempt": 1}', "has neither job_id nor all of run_id, run_attempt, job_name"),
        (None, "nothing names its job"),
    ],
)
def test_a_report_that_names_no_job_is_set_aside(junit: Junit, sidecar: str | None, reason: str) -> None:
    file = junit.write("r.xml")
    if sidecar is not None:
        junit.write("ci_signals.json", sidecar)
    with pytest.raises(UserError, match="no report was loaded"):
        junit.load(junit.folder)
    [(line, why)] = junit.reasons(file)
    assert line == 0
    assert reason in why


def test_a_path_that_names_two_jobs_is_set_aside(junit: Junit) -> None:
    file = junit.write("job-1/job-2/r.xml")
    with pytest.raises(UserError, match="its path names 2 jobs: 1, 2"):
        junit.load(file)


def test_a_report_waits_until_its_job_is_loaded_and_has_ended(junit: Junit) -> None:
    job_id = next(_numbers)
    file = junit.write(f"job-{job_id}/r.xml")
    assert f"1 report(s) wait for their job: job {job_id} is not loaded" in junit.load(file)
    job = job_row(job_id)
    running = job | {"status": "in_progress", "conclusion": "", "completed_at": "1970-01-01 00:00:00"}
    junit.load_jobs(running)
    assert f"job {job_id} has not ended" in junit.load(file)
    assert junit.rows(job_id) == []
    junit.load_jobs(job)
    assert junit.rows(job_id, "name, toString(time_inserted)") == [
        ("a", "2026-11-20 11:00:00.000000000"),
        ("b", "2026-11-20 11:00:00.000000000"),
    ]
    kept = "select count() from ci_raw.junit_rows where load_id in (select load_id from ci_raw.junit_reports"
    kept += " where named_job_id = {job:Int64})"
    assert junit.loader.client.query(kept, parameters={"job": job_id}).result_rows == [(0,)]


def test_a_job_from_github_ends_the_wait_too(junit: Junit) -> None:
    job_id = next(_numbers)
    junit.load(junit.write(f"job-{job_id}/r.xml"))
    document = junit.write("jobs.json", json.dumps(github_job(job_id, "c1", 10)))
    load_github(junit.loader.settings, Console(), [document], None, "main")
    assert "waiting reports found their job: 2 testcases loaded" in junit.capture.readouterr().err
    assert junit.rows(job_id) == [("a",), ("b",)]


def test_a_name_that_fits_several_jobs_or_none_is_no_guess(junit: Junit) -> None:
    run = 5_000_000 + next(_numbers)
    first, second = (junit.job(run_id=run, name=name) for name in ("linux / test", "linux: test"))
    template = "{run_id}-{run_attempt}-{job_name}.xml"
    said = junit.load(junit.write(f"{run}-1-linux-test.xml"), path="**/" + template)
    assert f"2 loaded jobs of run {run}, attempt 1, named linux-test" in said
    assert f"it may be {first} (linux / test), {second} (linux: test)" in said
    said = junit.load(junit.write(f"{run}-1-build.xml"), path="**/" + template)
    assert f"no loaded job of run {run}, attempt 1, named build" in said
    assert f"{first} (linux / test)" in said
    said = junit.load(junit.write(f"{run}-2-linux-test.xml"), path="**/" + template)
    assert f"no loaded job of run {run}, attempt 2" in said
    assert junit.rows(first) == junit.rows(second) == []
    third = junit.job(run_id=run, name="build")  # the report that waits for it finds it
    assert junit.rows(third) == [("a",), ("b",)]


REFUSED: dict[str, tuple[str | bytes, int, str]] = {
    "coverage.xml": ("<coverage line-rate='1'/>", 1, "a coverage report (Cobertura or Clover)"),
    "jacoco.xml": ("<?xml version='1.0'?>\n<report name='x'/>", 2, "a coverage report (JaCoCo)"),
    "ctrf.json": ('{"reportFormat": "CTRF", "results": {}}', 0, "a CTRF report"),
    "package.json": ("{}", 0, "JSON, not JUnit XML"),
    "pom.xml": ("<settings/>", 1, "not JUnit XML: root element <settings>"),
    "empty.xml": ("", 0, "empty file"),
    "text.xml": ("no XML", 0, "not XML"),
    "cut.xml": (
        "<testsuite>\n<testcase name='a'/>\n<testcase",
        3,
        "not well-formed XML: unclosed token, line 3",
    ),
    "cut.xml.gz": (gzip.compress(REPORT.encode() * 99)[:-20], 0, "is cut short or damaged"),
    "cut.zip": (b"PK\3\4 and no more", 0, "not a whole zip"),
    "encoding.xml": ("<?xml version='1.0' encoding='klingon'?><testsuite/>", 1, "unknown encoding"),
    "control.xml": (
        "<testsuite><testcase name='\x1b'/></testsuite>",
        1,
        "not well-formed XML: not well-formed",
    ),
}


def test_other_files_are_set_aside_and_the_rest_goes_on(junit: Junit) -> None:
    """Of a damaged report nothing is loaded: its failures may stand after the damage."""
    job_id = junit.job()
    files = {name: junit.write(f"r/{name}", content) for name, (content, *_) in REFUSED.items()}
    junit.write("r/notes.txt", "is passed over")
    junit.write("r/site/index.html", "<html></html>")
    junit.write("r/good.xml")
    said = junit.load(junit.folder / "r", job=job_id)
    assert f"{len(REFUSED)} file(s) set aside, see ci_raw.rejected_rows" in said
    assert junit.rows(job_id) == [("a",), ("b",)]
    for name, file in files.items():
        [(line, reason)] = junit.reasons(file)
        assert line == REFUSED[name][1], (name, line, reason)
        assert REFUSED[name][2] in reason, (name, reason)


def test_a_folder_without_reports_and_a_missing_path_are_refused(junit: Junit) -> None:
    junit.write("r/notes.txt", "text")
    with pytest.raises(UserError, match="no JUnit reports in"):
        junit.load(junit.folder / "r")
    with pytest.raises(UserError, match="no such file or folder"):
        junit.load(junit.folder / "nowhere")


def test_a_report_without_testcases_is_a_report(junit: Junit) -> None:
    said = junit.load(junit.write("r.xml", "<testsuites/>"), job=junit.job())
    assert "0 testcases, 0 loaded" in said


def zipped(members: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()
