"""Invent a repository's day of CI with known culprits, as raw rows: push, workflow_job, test_run_s3.

Everything comes from one seed. Each job runs on 15 to 100 % of the commits, tests flake at 0.2 to
30 %, culprits break tests and jobs that then fail 70 to 100 % of the time, and half of the culprits
are reverted.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

AS_OF = datetime(2026, 11, 20, 12, tzinfo=UTC)
MINUTES_APART = 9
WORKFLOWS = ("pull", "trunk", "slow")

Row = dict[str, Any]


@dataclass(frozen=True)
class Culprit:
    """number: the commit that broke things; 0 is the oldest. fix: the commit that reverts it, if any."""

    number: int
    fix: int | None

    def breaks(self, commit: int) -> bool:
        return self.number <= commit and (self.fix is None or commit < self.fix)


@dataclass
class Subject:
    """A test of a job, or the job itself (test: None), with the rates at which it fails, 0 to 1.
    breaks: failures that were seen while it was broken."""

    test: str | None
    flake_rate: float
    culprit: Culprit | None = None
    broken_rate: float = 1.0
    breaks: int = 0

    def fails(self, rng: random.Random, commit: int) -> bool:
        broken = self.culprit is not None and self.culprit.breaks(commit)
        failed = rng.random() < (self.broken_rate if broken else self.flake_rate)
        self.breaks += broken and failed
        return failed


@dataclass
class Job:
    """A job of a workflow. coverage: the share of commits that it runs on. subjects: itself first."""

    workflow: str
    name: str
    coverage: float
    subjects: list[Subject]


@dataclass
class Repository:
    """A repository of `commits` commits, its rows and what is true of them."""

    name: str
    rng: random.Random
    commits: int
    culprits: list[Culprit]
    jobs: list[Job]
    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    job_id: int = 0

    @property
    def hours(self) -> int:
        return math.ceil(self.commits * MINUTES_APART / 60) + 1

    def sha(self, commit: int) -> str:
        return hashlib.sha1(f"{self.name} {commit}".encode(), usedforsecurity=False).hexdigest()

    def pushed_at(self, commit: int) -> datetime:
        return AS_OF - timedelta(minutes=MINUTES_APART * (self.commits - commit))

    def title(self, commit: int) -> str:
        return f"Change {commit} of the scheduler"


def simulate(name: str, seed: int, commits: int) -> Repository:
    """A repository with all of its rows."""
    rng = random.Random(seed)
    culprits = []
    for number in rng.sample(range(4, commits - 3), rng.choice([2, 4, 8, 16])):
        fix = rng.randrange(number + 1, commits) if rng.random() < 0.5 else None
        culprits.append(Culprit(number, fix))
    jobs = [
        Job(rng.choice(WORKFLOWS), f"linux-{number} / test", rng.uniform(0.15, 1), [])
        for number in range(rng.randrange(6, 16))
    ]
    repository = Repository(name, rng, commits, culprits, jobs)
    for number, job in enumerate(jobs):
        job.subjects += [_subject(repository, None, 0.15)]
        job.subjects += [
            _subject(repository, f"test_{number}_{test}", 0.45) for test in range(rng.randrange(4, 12))
        ]
    for commit in range(commits):
        _push(repository, commit)
        for job in jobs:
            if rng.random() < job.coverage:
                run_id = 10_000_000 + commit * 100 + WORKFLOWS.index(job.workflow)
                _run(repository, commit, job, run_id)
    return repository


def _subject(repository: Repository, test: str | None, share_broken: float) -> Subject:
    rng = repository.rng
    subject = Subject(test, 10 ** rng.uniform(math.log10(0.002), math.log10(0.3)))
    if rng.random() < share_broken:
        subject.culprit = rng.choice(repository.culprits)
        subject.broken_rate = rng.uniform(0.7, 1)
    elif test is None and rng.random() < 0.5:
        subject.flake_rate = 0
    return subject


def _push(repository: Repository, commit: int) -> None:
    sha, at = repository.sha(commit), _time(repository.pushed_at(commit))
    message = repository.title(commit)
    for culprit in repository.culprits:
        if culprit.fix == commit:
            title = repository.title(culprit.number)
            message = f'Revert "{title}"\n\nThis reverts commit {repository.sha(culprit.number)}.'
    author = {"username": "dev", "email": "dev@example.org", "name": "Dev"}
    head = {"id": sha, "timestamp": at, "message": message, "author": author}
    owner, name = repository.name.split("/")
    whose = {"full_name": repository.name, "name": name, "owner": {"name": owner, "login": owner}}
    repository.rows["push"].append(
        {
            "ref": "refs/heads/main",
            "after": sha,
            "dynamoKey": f"{repository.name}/{sha}",
            "repository": whose,
            "head_commit": head,
            "commits": [head],
        }
    )


def _run(repository: Repository, commit: int, job: Job, run_id: int) -> None:
    """A job's attempts on a commit: one failure in five is run again. The newest may still run."""
    rng = repository.rng
    pending = commit >= repository.commits - 5 and rng.random() < 0.4
    for attempt in (1, 2):
        itself, *tests = job.subjects
        infra = not pending and itself.fails(rng, commit)
        failed = [] if pending or infra else [test for test in tests if test.fails(rng, commit)]
        rule = "infra" if infra else "pytest failure" if failed else ""
        _job_row(repository, commit, job, run_id, attempt, rule, pending)
        if not pending and not infra:
            for test in tests:
                _test_row(repository, commit, str(test.test), run_id, attempt, test in failed)
        if not rule or rng.random() > 0.2:
            return


def _job_row(
    repository: Repository, commit: int, job: Job, run_id: int, attempt: int, rule: str, pending: bool
) -> None:
    repository.job_id += 1
    identity = int(hashlib.sha1(repository.name.encode(), usedforsecurity=False).hexdigest()[:6], 16)
    repository.job_id = max(repository.job_id, identity * 1_000_000)
    started = repository.pushed_at(commit) + timedelta(minutes=2 + 30 * (attempt - 1))
    ended = datetime(1970, 1, 1, tzinfo=UTC) if pending else min(started + timedelta(minutes=20), AS_OF)
    nothing = {"captures": [], "context": [], "job_id": 0, "line": "", "line_num": 0, "rule": ""}
    found = nothing | {"rule": rule, "line": rule, "line_num": 1} if rule else nothing
    repository.rows["workflow_job"].append(
        {
            "id": repository.job_id,
            "run_id": run_id,
            "run_attempt": attempt,
            "name": job.name,
            "workflow_name": job.workflow,
            "head_sha": repository.sha(commit),
            "head_branch": "main",
            "status": "in_progress" if pending else "completed",
            "conclusion": "" if pending else "failure" if rule else "success",
            "created_at": _time(started - timedelta(minutes=1)),
            "started_at": _time(started),
            "completed_at": _time(ended),
            "url": f"https://api.github.com/repos/{repository.name}/actions/jobs/{repository.job_id}",
            "dynamoKey": f"{repository.name}/{repository.job_id}",
            "torchci_classification": found,
            "torchci_classification_temp": nothing,
        }
    )


def _test_row(
    repository: Repository, commit: int, test: str, run_id: int, attempt: int, failed: bool
) -> None:
    finding = [{"type": "AssertionError", "message": "not equal", "text": ""}]
    repository.rows["test_run_s3"].append(
        {
            "job_id": repository.job_id,
            "name": test,
            "classname": "TestSimulated",
            "invoking_file": "test_simulated",
            "file": "test_simulated.py",
            "failure": finding if failed else [],
            "error": [],
            "skipped": [],
            "rerun": [],
            "time_inserted": _time(AS_OF - timedelta(minutes=1)),
            "workflow_id": run_id,
            "workflow_run_attempt": attempt,
        }
    )


def write(repository: Repository, folder: Path) -> None:
    """Write the rows of a repository as one file a table."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in repository.rows.items():
        with gzip.open(folder / f"{table}.jsonl.gz", "wt", compresslevel=1) as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)


def truth(repository: Repository) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Culprit and fix, as shas, by (workflow, base name, signal key). The culprit of a signal that merely
    flakes is empty, and so is a fix that has not come. A break that no job ran into is none."""
    return {
        (
            job.workflow,
            job.name,
            job.name if subject.test is None else f"test_simulated.py::{subject.test}",
        ): (
            ("", "")
            if subject.culprit is None or not subject.breaks
            else (
                repository.sha(subject.culprit.number),
                "" if subject.culprit.fix is None else repository.sha(subject.culprit.fix),
            )
        )
        for job in repository.jobs
        for subject in job.subjects
    }


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000")
