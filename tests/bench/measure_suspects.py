"""Whether suspects are right: simulated repositories, loaded and built by the command line.

    python tests/bench/measure_suspects.py [--seeds 1 2 3] [--commits 120]

It prints what docs/incidents.md quotes: how many 90 % sets hold the culprit, how many answers of
90 % and more are right, how often the first suspect is the culprit, and how many flaky signals are
called broken. What it is compared with are two answers that need no probabilities: the oldest commit of
the newest failures in a row (the first failing commit after the last success) and of the most in a row.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from simulate_breaks import AS_OF, Repository, simulate, truth, write

PROJECT = Path(__file__).resolve().parents[2]
SIGNALS = str(Path(sys.executable).with_name("signals"))

# Culprit and fix of each signal.
Culprits = dict[tuple[str, str, str], tuple[str, str]]
# Culprits further apart than this must not share an incident.
FAR = 20

_VERDICTS = """
select workflow_name, job_base_name, signal_key, probability_broken
from rpt_signal_verdicts inner join dim_signals using (signal_id)
"""
_CELLS = """
select workflow_name, job_base_name, signal_key, head_sha, failures > 0 as failed
from int_signal_commits inner join dim_signals using (signal_id)
where outcome != 'pending' order by signal_id, commit_rank
"""
_SUSPECTS = """
select workflow_name, job_base_name, signal_key, suspects.head_sha, suspects.probability, suspects.is_in_90
from rpt_signal_suspects as suspects inner join dim_signals using (signal_id)
order by signal_id, suspect_number
"""
_INCIDENTS = """
select workflow_name, job_base_name, signal_key, placed.incident_id as incident_id, suspect_sha,
    in_90.head_shas as head_shas
from fct_incident_signals as placed
inner join dim_signals using (signal_id)
inner join rpt_incidents as incidents on placed.incident_id = incidents.incident_id
left join (
    select incident_id, groupArray(head_sha) as head_shas
    from rpt_incident_suspects where is_in_90 group by incident_id
) as in_90 on placed.incident_id = in_90.incident_id
"""


@dataclass
class Score:
    """Counts over all repositories."""

    broken: int = 0
    in_set: int = 0
    set_sizes: int = 0
    first_right: int = 0
    newest_run_right: int = 0
    longest_run_right: int = 0
    called_broken: int = 0
    sure: int = 0
    sure_and_right: int = 0
    flaky: int = 0
    flaky_called_broken: int = 0
    culprits: int = 0
    incidents: int = 0
    incidents_in_set: int = 0
    incidents_right: int = 0
    far_merged: int = 0

    def add(self, other: Score) -> None:
        for name, number in vars(other).items():
            setattr(self, name, getattr(self, name) + number)

    def lines(self) -> list[str]:
        return [
            f"broken signals {self.broken}, called broken {_share(self.called_broken, self.broken)}",
            f"90 % set holds the culprit {_share(self.in_set, self.broken)},"
            f" of {self.set_sizes / max(1, self.broken):.1f} commits",
            f"first suspect is the culprit {_share(self.first_right, self.broken)},"
            f" first failing commit of the newest failures {_share(self.newest_run_right, self.broken)},"
            f" of the most in a row {_share(self.longest_run_right, self.broken)}",
            f"answers of 90 % and more that are right {_share(self.sure_and_right, self.sure)}",
            f"flaky signals called broken {_share(self.flaky_called_broken, self.flaky)}",
            f"{self.incidents} incidents for {self.culprits} culprits: first suspect right"
            f" {_share(self.incidents_right, self.incidents)}, in the 90 % set"
            f" {_share(self.incidents_in_set, self.incidents)}",
            f"incidents with culprits more than {FAR} commits apart {self.far_merged}",
        ]


@dataclass(frozen=True)
class Store:
    """A folder with a store of its own."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str) -> str:
        environment = os.environ | {
            "SIGNALS_STORE": str(self.folder / "store"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
        }
        command = [SIGNALS, "-q", *arguments]
        done = subprocess.run(
            command, env=environment, cwd=PROJECT, text=True, capture_output=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"signals {' '.join(arguments)} failed\n{done.stdout}{done.stderr}")
        return done.stdout

    def rows(self, query: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run("sql", query, "--format", "json").splitlines()]


def measure(store: Store, repository: Repository) -> Score:
    """Load and build a repository, then compare its suspects with its culprits."""
    build(store, repository)
    return compare(store, repository)


def build(store: Store, repository: Repository) -> None:
    """Load a repository and build the models of suspects and incidents."""
    write(repository, store.folder / "rows")
    store.run("load", "ci", str(store.folder / "rows"))
    window = ["--hours", str(repository.hours), "--as-of", AS_OF.strftime("%Y-%m-%dT%H:%M:%S")]
    models = ["--select", "+rpt_incidents +rpt_signal_suspects"]
    output = ["--output", str(store.folder / "site")]
    store.run("build", "--repo", repository.name, *window, *models, *output)


def compare(store: Store, repository: Repository) -> Score:
    """Compare the suspects of a store with a repository's culprits."""
    culprits, suspects = truth(repository), _by_signal(store.rows(_SUSPECTS))
    cells = _by_signal(store.rows(_CELLS))
    score = Score()
    for signal, (verdict,) in _by_signal(store.rows(_VERDICTS)).items():
        culprit, _ = culprits[signal]
        ranked, called = suspects.get(signal, []), verdict["probability_broken"] >= 0.5
        first = ranked[0] if ranked else {"head_sha": "", "probability": 0}
        if first["probability"] >= 0.9:
            score.sure += 1
            score.sure_and_right += first["head_sha"] == culprit
        if not culprit:
            score.flaky += 1
            score.flaky_called_broken += called
            continue
        in_90 = [row["head_sha"] for row in ranked if row["is_in_90"]]
        score.broken += 1
        score.called_broken += called
        score.in_set += culprit in in_90
        score.set_sizes += len(in_90)
        score.first_right += first["head_sha"] == culprit
        runs = _failures_in_a_row(cells[signal])
        score.newest_run_right += bool(runs) and runs[0][-1] == culprit
        score.longest_run_right += bool(runs) and max(runs, key=len)[-1] == culprit
    _add_incidents(score, repository, culprits, store.rows(_INCIDENTS))
    return score


def _add_incidents(
    score: Score, repository: Repository, culprits: Culprits, placed: list[dict[str, Any]]
) -> None:
    """An incident's culprit is that of most of its signals."""
    numbers = {repository.sha(commit): commit for commit in range(repository.commits)}
    score.culprits += len({culprit for culprit, _ in culprits.values() if culprit})
    for incident in {row["incident_id"] for row in placed}:
        rows = [row for row in placed if row["incident_id"] == incident]
        found = [culprits[_signal(row)][0] for row in rows if culprits[_signal(row)][0]]
        main = max(found, key=found.count, default="")
        score.incidents += 1
        score.incidents_right += main != "" and rows[0]["suspect_sha"] == main
        score.incidents_in_set += main in rows[0]["head_shas"]
        commits = [numbers[culprit] for culprit in found]
        score.far_merged += bool(commits) and max(commits) - min(commits) > FAR


def _failures_in_a_row(cells: list[dict[str, Any]]) -> list[list[str]]:
    """The commits, newest first, of each row of commits that failed; the newest row first."""
    groups = groupby(cells, key=lambda cell: bool(cell["failed"]))
    return [[cell["head_sha"] for cell in group] for failed, group in groups if failed]


def _by_signal(rows: list[dict[str, Any]]) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
    found: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(_signal(row), []).append(row)
    return found


def _signal(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["workflow_name"], row["job_base_name"], row["signal_key"]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / max(1, whole):.1f} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--commits", type=int, default=120)
    options = parser.parse_args()
    total = Score()
    for seed in options.seeds:
        with tempfile.TemporaryDirectory(prefix="signals-suspects-") as folder:
            repository = simulate(f"simulated/number-{seed}", seed, options.commits)
            score = measure(Store(Path(folder)), repository)
            print(
                f"\nseed {seed}, {len(repository.culprits)} culprits", *score.lines(), sep="\n  ", flush=True
            )
            total.add(score)
    print("\nall", *total.lines(), sep="\n  ")


if __name__ == "__main__":
    main()
