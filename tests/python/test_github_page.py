"""docs/github.md is true: its script, driven by a fake GitHub, and its workflow."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from fake_github import FakeGithub, served
from forked import PROGRAMS
from github_documents import REPOSITORY, at, commit, job, run, sha
from workflow_faults import faults
from workspace import BIN, PROJECT, Workspace

PAGE = (PROJECT / "docs" / "github.md").read_text()
FAILED = {"conclusion": "failure"}
RUNNING: dict[str, Any] = {"status": "in_progress", "conclusion": None, "completed_at": None}


def block(name: str) -> str:
    """The file that the page shows."""
    found = re.search(rf"<!-- {re.escape(name)} -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def shell(workspace: Workspace, github: FakeGithub, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the page's script as the workflow does."""
    folder = workspace.folder
    (folder / "gh").write_text(f'#!/bin/sh\nexec {sys.executable} {PROGRAMS / "gh.py"} "$@"\n')
    (folder / "gh").chmod(0o755)
    return subprocess.run(
        ["bash", "-c", block(".github/signals.sh")],
        env={
            **workspace.environment,
            "PATH": f"{folder}:{BIN}:{os.environ['PATH']}",
            "SIGNALS_PROJECT_DIR": str(PROJECT),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_SERVER_URL": "https://ci.example",
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GH_TOKEN": "t0ken",
            "FAKE_GITHUB": github.address,
            "HOURS": "12",
            **more,
        },
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
    )


def artifact(number: int, run_id: int, name: str, fork: int = 7) -> dict[str, Any]:
    """An artifact of REST; fork: the repository that the run's commit is of."""
    of_run = {"id": run_id, "repository_id": 7, "head_repository_id": fork, "head_branch": "main"}
    return {"id": number, "name": name, "expired": False, "workflow_run": of_run}


def zipped(*outcomes: str) -> bytes:
    """An artifact with a report of one testcase per outcome: the name of an element, or ''."""
    cases = [
        f'<testcase name="t{number}" classname="T">{f"<{outcome}/>" if outcome else ""}</testcase>'
        for number, outcome in enumerate(outcomes)
    ]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        opened.writestr("report.xml", f"<testsuite>{''.join(cases)}</testsuite>")
    return packed.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("jq"), reason="gh has its own jq; here it is a program")
def test_reports_of_the_branch_become_tests(workspace: Workspace) -> None:
    commits = [commit("c2", "09:00", "c1"), commit("c1", "08:00")]
    runs = [run(12, "c2"), run(11, "c2"), run(10, "c1")]
    jobs = [job(3, "c2", 12), job(2, "c2", 11, **FAILED), job(1, "c1", 10)]
    artifacts = [
        artifact(101, 10, "junit job-1"),
        artifact(102, 11, "junit/../job-2"),
        artifact(103, 12, "junit-job-1", fork=8),
        artifact(104, 12, "logs"),
        artifact(105, 12, "junit-logs"),
    ]
    zips = {101: zipped("", ""), 102: zipped("failure", ""), 105: b"PK"}
    with served(FakeGithub(REPOSITORY, commits, runs, jobs, artifacts=artifacts, zips=zips)) as github:
        done = shell(workspace, github, AS_OF=at("11:00"))
        assert done.returncode == 0, done.stderr
        assert "not a whole zip" in done.stderr
        assert [path for path in github.asked if path.endswith("/zip")] == [
            f"/repos/{REPOSITORY}/actions/artifacts/{number}/zip" for number in (101, 102, 105)
        ]
    found = workspace.rows("select source, signal_key, outcomes from page_signal_histories")
    assert [(each["source"], each["signal_key"], each["outcomes"]) for each in found] == [
        ("test", "T::t0", ["failing", "passing"])
    ]


@pytest.mark.slow
def test_the_script_collects_what_changed_and_builds(workspace: Workspace) -> None:
    commits = [commit("c3", "10:00", "c2"), commit("c2", "09:00", "c1"), commit("c1", "08:00")]
    runs = [run(12, "c3", status="in_progress", conclusion=None), run(11, "c2"), run(10, "c1")]
    jobs = [
        job(5, "c3", 12, **RUNNING),
        job(4, "c2", 11, name="lint", **FAILED),
        job(3, "c2", 11, **FAILED),
        job(2, "c1", 10, name="lint"),
        job(1, "c1", 10),
    ]
    with served(FakeGithub(REPOSITORY, commits, runs, jobs)) as github:
        jobs_of = [f"/repos/{REPOSITORY}/actions/runs/{number}/jobs" for number in (10, 11, 12)]

        # one request fails: nothing is lost, the next run asks again
        github.refuses = "runs/12/jobs"
        failed = shell(workspace, github, AS_OF=at("11:00"))
        assert (failed.returncode, "HTTP 403" in failed.stderr) == (1, True), failed.stderr
        github.refuses = ""
        github.asked.clear()
        done = shell(workspace, github, AS_OF=at("11:00"))
        assert done.returncode == 0, done.stderr
        assert [path for path in github.asked if path.endswith("/jobs")] == jobs_of
        summary = (workspace.folder / "summary.md").read_text()
        assert f"](https://ci.example/{REPOSITORY}/commit/{sha('c2')})" in summary
        assert "2 signals on 3 commits until 2026-11-20 11:00 UTC: " in summary
        assert (workspace.folder / "site" / "signals.jsonl").read_text().count("\n") == 2

        # run 12 ended and run 11 was started again; run 10 did not change
        github.runs[0] = run(12, "c3", updated_at=at("11:10"))
        github.runs[1] = run(11, "c2", run_attempt=2, updated_at=at("11:20"))
        later = {"created_at": at("11:02"), "started_at": at("11:03"), "completed_at": at("11:15")}
        github.jobs[0] = job(5, "c3", 12)
        github.jobs[1:1] = [job(7, "c2", 11, run_attempt=2, **later)]
        github.asked.clear()
        done = shell(workspace, github, AS_OF=at("11:30"), FAIL="true")
        assert sorted(path for path in github.asked if path.endswith("/jobs")) == jobs_of[1:]
        assert (done.returncode, "lint" in done.stdout) == (1, True), done.stderr
    outcomes = {
        signal["job_base_name"]: signal["outcomes"]
        for signal in workspace.rows("select job_base_name, outcomes from page_signal_histories")
    }
    assert outcomes == {"build": ["passing", "flaky", "passing"], "lint": ["", "failing", "passing"]}


@pytest.mark.slow
def test_a_branch_without_runs_is_no_failure(workspace: Workspace) -> None:
    with served(FakeGithub(REPOSITORY, [], [], [])) as github:
        done = shell(workspace, github, AS_OF=at("11:00"), FAIL="true")
    assert done.returncode == 0, done.stderr
    summary = (workspace.folder / "summary.md").read_text()
    assert summary == "No job has ended on main in the last 12 hours.\n"


def test_the_script_is_one_that_bash_reads() -> None:
    subprocess.run(["bash", "-n"], input=block(".github/signals.sh"), text=True, check=True)


@pytest.mark.slow
def test_the_workflow_is_valid_and_safe(tmp_path: Path) -> None:
    workflow = block(".github/workflows/signals.yml")
    assert faults(workflow, tmp_path) == ""
    assert "run: .github/signals.sh\n" in workflow
    pins = re.findall(r"uses: (\S+)@[0-9a-f]{40} # v\d+\.\d+\.\d+\n", workflow)
    assert len(pins) == workflow.count("uses:") > 0
