"""A made-up repository on GitHub Enterprise, from its documents to the site: every cell is known."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from github_documents import REPOSITORY, at, commit, delivery, job, push, run, sha
from made_once import made_once
from workspace import Workspace

RUNNING: dict[str, Any] = {"status": "in_progress", "conclusion": None, "completed_at": None}
FAILED = {"conclusion": "failure"}
# Newest first. Two commits of one time were pushed together; the last one came by a webhook alone.
TRUNK = ["d4", "c3", "c2", "b1"]
LISTED = [commit("c3", "09:00", "c2"), commit("c2", "09:00", "b1"), commit("b1", "08:00")]
RUNS = {10: "b1", 20: "b1", 30: "b1", 11: "c2", 21: "c2", 12: "c3", 13: "d4"}
WORKFLOWS = {10: "CI", 11: "CI", 12: "CI", 13: "CI", 20: "Lint", 21: "Lint", 30: "Nightly"}
JOBS = [
    # a matrix, whose failed half was run again
    job(1, "b1", 10, name="test (3.11)", **FAILED),
    job(2, "b1", 10, name="test (3.12)"),
    job(3, "b1", 10, name="test (3.11)", run_attempt=2, created_at=at("11:00"), started_at=at("11:01")),
    job(4, "c2", 11, name="test (3.11)"),
    job(5, "c2", 11, name="test (3.12)", conclusion="skipped"),
    job(6, "c3", 12, name="test (3.11)", conclusion="cancelled"),
    job(7, "d4", 13, name="test (3.11)", **RUNNING),
    job(20, "b1", 20, name="lint"),
    job(21, "c2", 21, name="lint", **FAILED),
    job(30, "b1", 30, name="benchmark", **FAILED),
    # of a pull request and another branch
    job(40, "pr", 40, name="test (3.11)", head_branch="topic", **FAILED),
    job(41, "old", 41, name="lint", head_branch="stable", **FAILED),
]
# name of the workflow -> what its job did on the commits of the trunk, newest first
EVENTS = {
    ("CI", "test"): [["pending 1"], [], ["success 1"], ["failure 1", "success 2"]],
    ("Lint", "lint"): [[], [], ["failure 1"], ["success 1"]],
    ("Nightly", "benchmark"): [[], [], [], ["failure 1"]],
}
HOST = "https://ci.example"


def documents() -> dict[str, list[Any]]:
    """The files of three sources: what a webhook recorded, and pages of two listings."""
    jobs = [
        each
        | {
            "url": each["url"].replace("https://api.github.com", f"{HOST}/api/v3"),
            "workflow_name": None if each["run_id"] in WORKFLOWS else "CI",
        }
        for each in JOBS
    ]
    queued: dict[str, Any] = {"status": "queued", "conclusion": None, "completed_at": None}
    deliveries = [
        *(delivery("workflow_job", each | queued, "queued") for each in jobs),
        *(delivery("workflow_job", each | RUNNING, "in_progress") for each in jobs),
        *(delivery("workflow_job", each) for each in jobs[::2]),
        push(("d4", "10:00"), ref="refs/heads/trunk"),
        push(("pr", "10:00"), ref="refs/heads/topic"),
        push(("old", "10:00"), ref="refs/heads/stable"),
        push(("c2", "09:00"), ref="refs/tags/v1", commits=[]),
    ]
    runs = [run(number, RUNS[number], name=name) for number, name in WORKFLOWS.items()]
    return {
        "deliveries.jsonl": deliveries,
        "jobs.json": [{"total_count": 6, "jobs": jobs[1::2]}],
        "runs.json": [{"total_count": 7, "workflow_runs": runs[:3]}, {"workflow_runs": runs[3:]}],
        "commits.json": [LISTED[:1], LISTED[1:]],
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    def make(workspace: Workspace) -> None:
        folder = workspace.folder / "documents"
        folder.mkdir()
        for name, found in documents().items():
            shuffled = random.Random(7).sample(found, len(found))
            (folder / name).write_text("".join(json.dumps(each) for each in shuffled))
        workspace.signals("load", "github", folder, "--branch", "trunk")
        window = ("--repo", REPOSITORY, "--branch", "trunk", "--hours", 12, "--as-of", at("12:00"))
        workspace.on({"GITHUB_SERVER_URL": f"{HOST}/"}).build(*window)

    return made_once(tmp_path_factory, "github", make)


def test_commits_are_those_of_the_branch_in_the_order_of_pushes(built: Workspace) -> None:
    commits = built.rows("select head_sha, committed_at, title, author from dim_commits order by commit_rank")
    assert [each["head_sha"] for each in commits] == [sha(name) for name in TRUNK]
    assert commits[1] == {
        "head_sha": sha("c3"),
        "committed_at": "2026-11-20 09:00:00.000000000",
        "title": "Change c3",
        "author": "Ada",
    }


def test_every_cell_is_known(built: Workspace) -> None:
    signals = [json.loads(line) for line in (built.site / "signals.jsonl").read_text().splitlines()]
    found = {
        (signal["workflow_name"], signal["job_base_name"]): [
            [f"{event['status']} {event['run_attempt']}" for event in commit["events"]]
            for commit in signal["commits"]
        ]
        for signal in signals
    }
    assert found == EVENTS
    assert {signal["source"] for signal in signals} == {"job"}
    events = [event for signal in signals for commit in signal["commits"] for event in commit["events"]]
    assert {event["job_id"] for event in events} == {1, 3, 4, 7, 20, 21, 30}


def test_versions_without_a_workflow_do_not_count(built: Workspace) -> None:
    assert built.rows("select count() as n from dim_workflows where workflow_name = '' and jobs > 0") == [
        {"n": 0}
    ]


def test_links_lead_to_the_host_of_the_repository(built: Workspace) -> None:
    for page in ("index.html", "signals/index.html", "signals/signal.html"):
        text = (built.site / page).read_text()
        assert f'data-server="{HOST}"' in text
        assert "github.com" not in text
    assert f'href="{HOST}/{REPOSITORY}/commit/{sha("c2")}"' in (built.site / "index.html").read_text()
    shown = built.signals("show", "lint", "--commits", 4).stdout
    assert f"{HOST}/{REPOSITORY}/actions/runs/21/job/21" in shown
    refused = built.refused("build", "--select", "int_window", GITHUB_SERVER_URL="javascript:alert(1)")
    assert "GITHUB_SERVER_URL 'javascript:alert(1)' is not the address of a host" in refused


def test_an_unknown_branch_is_one_clear_line(built: Workspace) -> None:
    select = ("--repo", REPOSITORY, "--select", "int_window")
    assert "is not the name of a branch" in built.refused("build", *select, "--branch", "a b")
