"""Pushes for commits that a listing of the REST API names, which knows commits and no pushes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from ci_signals.loaders.github_records import Record


def pushes_of_commits(commits: Iterable[tuple[int, Record]], ref: str) -> Iterator[tuple[int, Record]]:
    """One push to `ref` for all commits of a repository that have the same date, by number.

    commits: numbered records of kind commit, newest first as GitHub lists them. A window orders
    commits by date and then by their position in the push, so the order of a listing stays, also
    where the commits come from several pages in any order: a commit stands after its parents.
    """
    groups: dict[tuple[str, str], dict[str, tuple[int, Record]]] = {}
    for number, commit in commits:
        group = groups.setdefault((commit.repository, str(commit.row["timestamp"])), {})
        group.setdefault(str(commit.row["id"]), (number, commit))
    pushes = [
        (max(number for number, _ in group.values()), _push(_oldest_first(group), ref))
        for group in groups.values()
    ]
    yield from sorted(pushes, key=lambda push: push[0])


def _push(commits: list[Record], ref: str) -> Record:
    newest = commits[-1]
    row = {
        "ref": ref,
        "after": newest.row["id"],
        "repository": {"full_name": newest.repository},
        "dynamoKey": f"{newest.repository}/{ref}/{newest.row['id']}",
        "head_commit": newest.row,
        "commits": [commit.row for commit in commits],
    }
    return replace(newest, kind="push", row=row)


def _oldest_first(group: dict[str, tuple[int, Record]]) -> list[Record]:
    commits = {sha: commit for sha, (_, commit) in reversed(group.items())}
    parents = {sha: [p for p in commit.parents if p in commits] for sha, commit in commits.items()}
    try:
        return [commits[sha] for sha in TopologicalSorter(parents).static_order()]
    except CycleError:
        return list(commits.values())
