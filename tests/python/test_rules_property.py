"""Any rows: the models give the Signals that a plain reading of the rules gives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutations import fuzzed
from reading import read_signals
from workspace import Workspace

from ci_signals.store import connect_store
from ci_signals.warehouse import Client

AS_OF, START = "2026-11-20 12:00:00", "2026-11-20 06:00:00"
SHAS = ("a" * 40, "b" * 40, "c" * 40)
WORKFLOWS = ["pull", "trunk"]  # of three
STATUSES = ("failure", "success", "pending")
CONCLUSIONS = [
    "cancelled",
    "skipped",
    "skipped",
    "neutral",
    "timed_out",
    "startup_failure",
    "stale",
    "new",
    "",
]
NONE = {"captures": [], "context": [], "job_id": 0, "line": "", "line_num": 0, "rule": ""}

FINDING = [{"type": "t", "message": "m", "text": "x"}]


def day(hour: int, minute: int = 0) -> str:
    return f"2026-11-20 {hour:02}:{minute:02}:00"


def make_pushes(rng: Random) -> list[dict[str, Any]]:
    """A push with every commit, and some more: repeats, other branches, a repository that starts alike."""
    pushes = []
    for number in range(rng.randint(1, 4)):
        shas = SHAS if number == 0 else rng.sample(SHAS, rng.randint(1, 3))
        commits = [
            {"id": sha, "timestamp": day(rng.choice([6, 7, 7, 8])), "message": "", "author": {}}
            for sha in shas
        ]
        usual = number == 0 or rng.random() < 0.6
        pushes.append(
            {
                "ref": "refs/heads/main"
                if usual
                else rng.choice(["refs/heads/main", "refs/heads/viable/strict"]),
                "dynamoKey": str(number),
                "repository": {"full_name": "pytorch/pytorch" if usual else "pytorch/pytorch2"},
                "head_commit": commits[-1],
                "commits": commits,
            }
        )
    return pushes


def make_jobs(rng: Random) -> list[dict[str, Any]]:
    """Shards, retries and restarts of a few base names; one row in five is stored twice."""
    jobs: list[dict[str, Any]] = []
    for job_id in range(1, rng.randint(20, 50)):
        base, shard = rng.choice(["x / test", "x (3.9) / test", "x / lint", "y, 1, 2,  z"]), rng.randint(1, 2)
        fixed = {
            "id": job_id,
            "run_id": rng.choice([11, 11, 12]),
            "run_attempt": rng.choice([1, 1, 2]),
            "name": f"{base} (d, {shard}, 2, gpu{rng.choice(['', '', '', '', ', unstable'])})",
            "workflow_name": rng.choice(["pull", "pull", "trunk", "trunk", "periodic"]),
            "head_sha": rng.choice([*SHAS, *SHAS, *SHAS, "d" * 40]),
            "created_at": day(rng.choice([8, 8, 8, 8, 5])),
        }
        versions = [fixed | make_version(rng) for _ in range(1 + (rng.random() < 0.2))]
        # the rules leave open which of two versions counts that were recorded at the same times
        unique = {(v["status"] == "completed", v["completed_at"], v["started_at"]): v for v in versions}
        jobs += unique.values()
    rng.shuffle(jobs)
    return jobs


def make_version(rng: Random) -> dict[str, Any]:
    """What changes of a job while it runs and ends, keep-going and placeholder starts included."""
    finished, keeps_going = rng.random() < 0.8, rng.random() < 0.5
    conclusion = rng.choice(["success"] * 5 + ["failure"] * 6 + CONCLUSIONS) if finished else ""
    rule = rng.choice(["pytest failure", "pytest failure", "Python unittest failure", "sccache error", ""])
    started = day(rng.choice([8, 9, 9]), rng.choice([0, 30]))
    return {
        "status": "completed" if finished else rng.choice(["in_progress", "queued"]),
        "conclusion": conclusion,
        "started_at": "1970-01-01 00:00:00" if rng.random() < 0.1 else started,
        "completed_at": day(rng.choice([10, 10, 11, 12, 13])) if finished else "1970-01-01 00:00:00",
        "torchci_classification": NONE | ({"line": "x", "rule": rule} if finished and rule else {}),
        "torchci_classification_temp": NONE
        | ({"line": "y", "rule": "pytest failure"} if keeps_going and not finished else {}),
    }


def make_runs(rng: Random) -> list[dict[str, Any]]:
    """Runs of a few tests in several classes and files, some without a file, some not in yet."""
    runs = []
    for _ in range(rng.randint(30, 150)):
        outcome = rng.choice(["passed", "passed", "passed", "failure", "error", "both", "skipped"])
        runs.append(
            {
                "job_id": rng.randint(1, 40),
                "name": rng.choice(["t1", "t2"]),
                "file": rng.choice(["f.py", "f.py", "g.py", ""]),
                "classname": rng.choice(["A", "B"]),
                "failure": FINDING if outcome in ("failure", "both") else [],
                "error": FINDING if outcome in ("error", "both") else [],
                "skipped": FINDING if outcome == "skipped" else [],
                "time_inserted": day(rng.choice([11, 11, 11, 11, 13])),
            }
        )
    return runs


# Vars of each set of policies that is tried; each value of each policy is in one of them.
POLICIES: dict[str, dict[str, Any]] = {
    "default": {},
    "trusting": {
        "test_failure_evidence": "either",
        "failed_and_passed": "success",
        "infra_failures": "gap",
        "job_test_signals": True,
    },
    "cautious": {"failed_and_passed": "flaky", "infra_failures": "ignored", "unstarted_jobs": "pending"},
}


class Models:
    """The built models over raw tables that are filled anew for each example. manifests: by policies."""

    def __init__(self, client: Client, manifests: dict[str, Path]) -> None:
        self.client = client
        self.chosen = "default"
        self.steps: dict[str, dict[str, tuple[str, str]]] = {}
        for policies, manifest in manifests.items():
            self.steps[policies] = {}
            nodes = json.loads(manifest.read_text())["nodes"]
            self._add("model.ci_signals.fct_signals_nested", nodes, set(), self.steps[policies])

    def _add(
        self, name: str, nodes: dict[str, Any], done: set[str], steps: dict[str, tuple[str, str]]
    ) -> None:
        """Collect the kind and query of a model after those of its parents."""
        if name in done or name not in nodes or name.startswith("seed."):
            return
        done.add(name)
        for parent in nodes[name]["depends_on"]["nodes"]:
            self._add(parent, nodes, done, steps)
        steps[nodes[name]["name"]] = nodes[name]["config"]["materialized"], nodes[name]["compiled_code"]

    def signals(self, policies: str, **rows: list[dict[str, Any]]) -> list[Any]:
        for table, its_rows in rows.items():
            self.client.command(f"truncate table ci_raw.{table}")
            lines = "\n".join(json.dumps(row) for row in its_rows)
            if lines:
                self.client.raw_insert(f"ci_raw.{table}", insert_block=lines, fmt="JSONEachRow")
        before, self.chosen = self.steps[self.chosen], policies
        for name, (kind, query) in self.steps[policies].items():
            if kind == "table":
                self.client.command(f"truncate table ci_signals.{name}")
                self.client.command(f"insert into ci_signals.{name} {query}")
            elif before[name] != (kind, query):
                self.client.command(f"create or replace view ci_signals.{name} as {query}")
        lines_out = self.client.raw_query(
            "select key, workflow_name, job_base_name, source, commits from ci_signals.fct_signals_nested"
            " order by signal_number",
            fmt="JSONEachRow",
        )
        return [json.loads(line) for line in lines_out.splitlines()]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Models]:
    workspace = Workspace(tmp_path_factory.mktemp("models"))
    window = json.dumps({"as_of": AS_OF, "lookback_hours": 6, "workflows": WORKFLOWS})
    selected = ["--select", "+fct_signals_nested"]
    no_tests = ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    workspace.dbt("build", *selected, *no_tests, SIGNALS_WINDOW=window)
    manifests = {"default": workspace.folder / "target" / "manifest.json"}
    for policies, chosen in POLICIES.items():
        if chosen:
            target = workspace.folder / policies
            variables = ("--vars", json.dumps(chosen))
            workspace.dbt(
                "compile", *selected, *variables, SIGNALS_WINDOW=window, DBT_TARGET_PATH=str(target)
            )
            manifests[policies] = target / "manifest.json"
    client = connect_store(workspace.folder / "store")
    yield Models(client, manifests)
    client.close()


@fuzzed(50)
@given(seed=st.integers(0, 2**32), policies=st.sampled_from(["default", *POLICIES]))
def test_models_agree_with_a_plain_reading(models: Models, seed: int, policies: str) -> None:
    """A seed stands for one set of rows: drawn row by row, most sets would have no signal at all."""
    rng = Random(seed)
    pushes, jobs, runs = make_pushes(rng), make_jobs(rng), make_runs(rng)
    built = models.signals(policies, push=pushes, workflow_job=jobs, test_run_s3=runs)
    assert built == read_signals(pushes, jobs, runs, AS_OF, START, WORKFLOWS, POLICIES[policies])


def test_policies_change_what_the_rows_give() -> None:
    """The property above would hold of policies that do nothing."""
    changed: Counter[str] = Counter()
    for seed in range(20):
        rng = Random(seed)
        rows = make_pushes(rng), make_jobs(rng), make_runs(rng)
        usual = read_signals(*rows, AS_OF, START, WORKFLOWS)
        for policies in POLICIES.values():
            for name, value in policies.items():
                changed[name] += usual != read_signals(*rows, AS_OF, START, WORKFLOWS, {name: value})
    assert min(changed.values()) > 2, changed
    assert set(changed) == {name for policies in POLICIES.values() for name in policies}


def test_generated_rows_have_signals_of_every_kind() -> None:
    """The property above would hold of empty rows too."""
    kinds: Counter[tuple[str, str]] = Counter()
    for seed in range(60):
        rng = Random(seed)
        signals = read_signals(make_pushes(rng), make_jobs(rng), make_runs(rng), AS_OF, START, WORKFLOWS)
        for signal in signals:
            events = [event for commit in signal["commits"] for event in commit["events"]]
            kinds.update((signal["source"], event["status"]) for event in events)
    assert set(kinds) == {(source, status) for source in ("test", "job") for status in STATUSES}
    assert min(kinds.values()) > 40, kinds
