"""A second reading of the signal rules, in plain Python, to hold the SQL against.

Written from the rules' text alone: loops and dictionaries, nothing shared with the models.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

Row = dict[str, Any]

FAILED = {"failure", "timed_out", "startup_failure"}
PASSED = {"success", "neutral"}
INFRA_RULES = {"sccache error"}  # of those in the seed, the ones that the rows have
TEST_RULES = {"pytest failure", "Python unittest failure"}
DEFAULTS: Row = {
    "test_failure_evidence": "rule",
    "failed_and_passed": "both",
    "infra_failures": "failure",
    "job_test_signals": False,
    "unstarted_jobs": "absent",
}
EXCLUDED = ("mem_leak_check", "rerun_disabled_tests", "unstable")


def read_signals(
    pushes: list[Row],
    jobs: list[Row],
    runs: list[Row],
    as_of: str,
    start: str,
    workflows: list[str],
    policies: Row | None = None,
) -> list[Row]:
    """The Signals of raw rows (times are 'YYYY-MM-DD hh:mm:ss'), as lines of signals.jsonl.

    policies: vars that differ from the defaults below.
    """
    chosen = DEFAULTS | (policies or {})
    commits = _commits(pushes, as_of, start)
    runs = [run for run in runs if run["time_inserted"] <= as_of]
    known = [
        job for job in _jobs(jobs, as_of, start, workflows) if job["head_sha"] in {sha for sha, _ in commits}
    ]
    for job in known:
        if job["outcome"] == "failure" and job["seen_rule"] in INFRA_RULES:
            job["outcome"] = {"failure": "failure", "gap": "cancelled", "ignored": "skipped"}[
                chosen["infra_failures"]
            ]
    seen = [job for job in known if job["outcome"] != "skipped"]
    if chosen["test_failure_evidence"] == "either":
        failing = {run["job_id"] for run in runs if run["failure"] or run["error"]}
        for job in seen:
            job["test_failure"] |= job["outcome"] == "failure" and job["id"] in failing
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for job in seen:
        groups[job["head_sha"], job["workflow_name"], job["base"], job["run_id"], job["run_attempt"]].append(
            job
        )
    if chosen["unstarted_jobs"] == "pending":
        _await_unstarted(groups, known, seen)
    signals = _job_signals(groups, chosen["job_test_signals"]) | _test_signals(
        groups, seen, runs, chosen["failed_and_passed"]
    )
    return [
        {
            "key": key,
            "workflow_name": workflow,
            "job_base_name": base,
            "source": source,
            "commits": [
                {"head_sha": sha, "timestamp": _iso(time), "events": _cell(source, workflow, key, cells[sha])}
                for sha, time in commits
            ],
        }
        for (source, workflow, base, key), cells in sorted(signals.items())
    ]


def _commits(pushes: list[Row], as_of: str, start: str) -> list[tuple[str, str]]:
    places: dict[str, tuple[str, int]] = {}
    for push in pushes:
        if push["ref"] != "refs/heads/main" or push["repository"]["full_name"] != "pytorch/pytorch":
            continue
        if not start <= push["head_commit"]["timestamp"] <= as_of:
            continue
        for position, commit in enumerate(push["commits"]):
            place = (commit["timestamp"], position)
            places[commit["id"]] = max(places.get(commit["id"], place), place)
    newest = sorted(places, key=lambda sha: (places[sha], [-ord(letter) for letter in sha]), reverse=True)
    return [(sha, places[sha][0]) for sha in newest]


def _jobs(rows: list[Row], as_of: str, start: str, workflows: list[str]) -> list[Row]:
    best: dict[int, Row] = {}
    for row in rows:
        if not start <= row["created_at"] <= as_of or any(word in row["name"] for word in EXCLUDED):
            continue
        if workflows and row["workflow_name"] not in workflows:
            continue
        held = best.get(row["id"])
        if held is None or _rank(row) > _rank(held):
            best[row["id"]] = row
    return [_seen(row, as_of) for row in best.values()]


def _rank(row: Row) -> tuple[Any, ...]:
    return row["status"] == "completed", row["completed_at"], row["started_at"]


def _seen(row: Row, as_of: str) -> Row:
    classified, temporary = row["torchci_classification"], row["torchci_classification_temp"]
    conclusion = "failure" if row["conclusion"] == "" and temporary["line"] else row["conclusion"]
    rule = classified["rule"] if classified["line"] else temporary["rule"]
    ends_later = row["status"] == "completed" and row["completed_at"] > as_of
    if ends_later:
        conclusion = rule = ""
    if conclusion == "":
        outcome = "pending"
    elif conclusion in FAILED:
        outcome = "failure"
    elif conclusion in PASSED or conclusion == "skipped":
        outcome = "success" if conclusion in PASSED else "skipped"
    else:
        outcome = "cancelled"
    base = re.sub(r"\s*\(.*\)$", "", row["name"], count=1)
    base = re.sub(r"\s+", " ", re.sub(r", \d+, \d+, ", ", ", base)).strip()
    return row | {
        "base": base,
        "outcome": outcome,
        "seen_rule": rule,
        "pending": ends_later or row["status"] != "completed" or conclusion == "",
        "test_failure": outcome == "failure" and rule in TEST_RULES,
        "started": max(row["started_at"], row["created_at"]),
    }


def _await_unstarted(groups: dict[tuple[Any, ...], list[Row]], known: list[Row], seen: list[Row]) -> None:
    """Add a group of one stand-in job for each base name that a run under way has not begun."""
    begun = {(job["run_id"], job["base"]) for job in known}
    running: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for job in seen:
        if job["pending"]:
            running[job["head_sha"], job["workflow_name"], job["run_id"]].append(job)
    for (sha, workflow, run_id), jobs in running.items():
        first = min(jobs, key=lambda job: (job["started_at"], job["name"], job["id"]))
        stand_in = {
            "outcome": "pending",
            "pending": True,
            "test_failure": False,
            "started": min(job["started"] for job in jobs),
            "started_at": "",
            "name": "",
            "id": first["id"],
            "stand_in": True,
        }
        for base in {job["base"] for job in seen if job["workflow_name"] == workflow}:
            if (run_id, base) not in begun:
                attempt = max(job["run_attempt"] for job in jobs)
                groups[sha, workflow, base, run_id, attempt] = [stand_in]


def _link(group: list[Row]) -> int:
    ordered = sorted(group, key=lambda job: (job["started_at"], job["name"], job["id"]))
    failing = [job for job in ordered if job["outcome"] == "failure"]
    return int((failing[-1] if failing else ordered[0])["id"])


def _job_signals(groups: dict[tuple[Any, ...], list[Row]], has_test_signals: bool) -> dict[Any, Any]:
    signals: dict[Any, Any] = defaultdict(lambda: defaultdict(list))
    for (sha, workflow, base, run_id, attempt), group in groups.items():
        if any(job["outcome"] == "cancelled" for job in group):
            continue
        status = "success"
        if any(job["pending"] for job in group):
            status = "pending"
        if any(job["outcome"] == "failure" and not job["test_failure"] for job in group):
            status = "failure"
        started = min(job["started"] for job in group)
        signals["job", workflow, base, base][sha].append((started, run_id, attempt, status, _link(group)))
        tests = "success"
        if any(job["test_failure"] for job in group):
            tests = "failure"
        elif any(job["pending"] for job in group):
            tests = "pending"
        elif status == "failure":
            continue
        if has_test_signals:
            signals["job", workflow, base, f"{base} [test]"][sha].append(
                (started, run_id, attempt, tests, _link(group))
            )
    return {
        signal: cells
        for signal, cells in signals.items()
        if any(event[3] == "failure" for events in cells.values() for event in events)
    }


def _test_signals(
    groups: dict[tuple[Any, ...], list[Row]], jobs: list[Row], runs: list[Row], failed_and_passed: str
) -> dict[Any, Any]:
    tracked = {(job["workflow_name"], job["base"]) for job in jobs if job["test_failure"]}
    by_job: dict[int, list[Row]] = defaultdict(list)
    for run in runs:
        by_job[run["job_id"]].append(run)
    failing: dict[Any, set[str]] = defaultdict(set)
    for job in jobs:
        where = (job["workflow_name"], job["base"])
        if where in tracked:
            failing[where] |= {_test_id(run) for run in by_job[job["id"]] if run["failure"] or run["error"]}
    signals: dict[Any, Any] = defaultdict(lambda: defaultdict(list))
    for (sha, workflow, base, run_id, attempt), group in groups.items():
        for test in failing[workflow, base]:
            cell = signals["test", workflow, base, test][sha]
            found = [
                (job, run)
                for job in group
                for run in by_job[job["id"]]
                if _test_id(run) == test and "stand_in" not in job
            ]
            bad = [(job["started"], job["id"]) for job, run in found if run["failure"] or run["error"]]
            good = [
                (job["started"], job["id"])
                for job, run in found
                if not (run["failure"] or run["error"] or run["skipped"])
            ]
            if bad and good and failed_and_passed != "both":
                bad, good = [], good if failed_and_passed == "success" else []
            for status, where_seen in (("failure", bad), ("success", good)):
                if where_seen:
                    started, job_id = min(where_seen)
                    cell.append((started, run_id, attempt, status, job_id))
            if not found and any(job["pending"] for job in group):
                started = min(job["started"] for job in group)
                cell.append((started, run_id, attempt, "pending", _link(group)))
    return {
        signal: cells
        for signal, cells in signals.items()
        if failed_and_passed == "both"
        or any(event[3] == "failure" for events in cells.values() for event in events)
    }


def _test_id(run: Row) -> str:
    return f"{run['file']}::{run['name']}" if run["file"] else str(run["name"])


def _cell(source: str, workflow: str, key: str, events: list[tuple[Any, ...]]) -> list[Row]:
    kept: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    for started, run_id, attempt, status, job_id in events:
        repeat = (started, run_id, status)
        kept[repeat] = min(kept.get(repeat, (attempt, job_id)), (attempt, job_id))
    ordered = sorted(
        (started, run, attempt, status, job) for (started, run, status), (attempt, job) in kept.items()
    )
    return [
        {
            "name": f"wf={workflow} kind={source} id={key} run={run} attempt={attempt}",
            "status": status,
            "started_at": _iso(started),
            "ended_at": None,
            "wf_run_id": run,
            "run_attempt": attempt,
            "job_id": job,
        }
        for started, run, attempt, status, job in ordered
    ]


def _iso(time: str) -> str:
    return time.replace(" ", "T")
