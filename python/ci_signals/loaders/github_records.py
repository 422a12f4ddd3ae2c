"""What a JSON document of GitHub is, told by what is in it, and the rows that it stands for.

Webhook deliveries of push, workflow_job and workflow_run, bare or wrapped by what recorded them, and
answers of the REST API: jobs, runs, commits and activity, as pages, lists or single objects.
Values are taken as they are; the loader checks them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_JOB = (
    *("id", "run_id", "run_attempt", "name", "workflow_name", "head_sha", "head_branch", "status"),
    *("conclusion", "created_at", "started_at", "completed_at", "url", "html_url", "runner_name", "labels"),
)
_RUN = (
    *("id", "run_attempt", "name", "path", "event", "status", "conclusion", "head_branch", "head_sha"),
    *("created_at", "run_started_at", "updated_at", "html_url"),
)
_COMMIT = ("id", "timestamp", "message", "author")
_PERSON = ("username", "email", "name")
# Where recorders of deliveries keep the payload, as an object or as text.
_WRAPPERS = ("payload", "request", "body", "event", "detail", "data")
_PAGES = {"jobs": "workflow_job", "workflow_runs": "workflow_run", "items": ""}
_NAME_A_RUN = {"deployment", "check_run", "check_suite", "archive_download_url"}
_DEEPEST = 8
_NO_COMMIT = "0" * 40
_FROM_API = re.compile(r"https?://[^/]+/(?:api/v3/)?repos/([^/]+/[^/]+)(?:/|$)")
_FROM_SITE = re.compile(r"https?://[^/]+/([^/]+/[^/]+)/(?:actions|commit|runs)/")


@dataclass(frozen=True)
class Record:
    """One thing that a document tells.

    kind: push, activity, commit, workflow_job or workflow_run; '' for what is none of these. row: its
    values, by the columns of its table; of a commit, those of an element of a push's `commits`.
    parents: SHAs of a commit's parents. reason: why it cannot be used.
    """

    kind: str
    row: dict[str, Any]
    repository: str = ""
    parents: tuple[str, ...] = ()
    reason: str = ""


def github_records(document: Any, repository: str = "") -> Iterator[Record]:
    """The records of a document. repository: OWNER/NAME of those that name none."""
    yield from _records(document, repository, "", 0)


def _records(value: Any, repository: str, expected: str, depth: int) -> Iterator[Record]:
    if isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _records(item, repository, expected, depth + 1)
    elif not isinstance(value, dict):
        yield Record("", {"value": value}, reason="it is no object")
    elif kind := _kind(value) or expected:
        yield _READERS[kind](value, repository)
    elif page := next((name for name in _PAGES if isinstance(value.get(name), list)), ""):
        yield from _records(value[page], repository, _PAGES[page], depth + 1)
    elif depth < _DEEPEST and (wrapped := _unwrapped(value)) is not None:
        yield from _records(wrapped, repository, "", depth + 1)
    else:
        yield Record("", value, reason=_why_not(value))


def _kind(value: dict[str, Any]) -> str:
    """What the object is by its keys, or ''."""
    if isinstance(value.get("workflow_job"), dict):
        return "workflow_job"
    # deployments, checks and artifacts name a run, too, and are not about it
    if isinstance(value.get("workflow_run"), dict) and not value.keys() & _NAME_A_RUN:
        return "workflow_run"
    if "activity_type" in value and "ref" in value:
        return "activity"
    if value.keys() >= {"ref", "after", "repository"}:
        return "push"
    if "run_id" in value and value.keys() & {"steps", "check_run_url", "runner_name", "head_sha"}:
        return "workflow_job"
    if "workflow_id" in value and value.keys() & {"run_number", "event", "head_sha"}:
        return "workflow_run"
    if "sha" in value and isinstance(value.get("commit"), dict) and "message" in value["commit"]:
        return "commit"
    return ""


def _unwrapped(value: dict[str, Any]) -> Any:
    for name in _WRAPPERS:
        inner = value.get(name)
        if isinstance(inner, str) and inner[:1] in ("{", "["):
            try:
                inner = json.loads(inner)
            except (ValueError, RecursionError):
                continue
        if isinstance(inner, dict | list):
            return inner
    return None


def _why_not(value: dict[str, Any]) -> str:
    message = value.get("message")
    if isinstance(message, str) and value.keys() <= {"message", "documentation_url", "status", "errors"}:
        return f"GitHub answered: {message[:200]}"
    if "zen" in value:
        return "a ping, which tells nothing of the repository's CI"
    names = ", ".join(str(name)[:40] for name in sorted(value, key=str)[:8]) or "nothing"
    return f"no push, job, run, commit or activity: it has {names}"


def _push(value: dict[str, Any], repository: str) -> Record:
    named = value["repository"] if isinstance(value["repository"], dict) else {}
    repository = _named(named) or repository
    row = _picked(value, ("ref", "before", "after"))
    row["repository"] = _picked(named, ("full_name", "name")) | {
        "full_name": repository,
        "owner": _picked(named.get("owner"), ("name", "login")),
    }
    row["dynamoKey"] = f"{repository}/{value['ref']}/{value['after']}"
    row["head_commit"] = _commit_of_push(value.get("head_commit"))
    commits = value.get("commits")
    row["commits"] = [_commit_of_push(commit) for commit in commits] if isinstance(commits, list) else commits
    return Record("push", row, repository)


def _commit_of_push(commit: Any) -> Any:
    if not isinstance(commit, dict):
        return commit
    picked = _picked(commit, _COMMIT)
    if isinstance(picked.get("author"), dict):
        picked["author"] = _picked(picked["author"], _PERSON)
        if not picked["author"]:
            del picked["author"]
    return picked


def _activity(value: dict[str, Any], repository: str) -> Record:
    """A push of which only the ends are known: it brings no commits."""
    row = _picked(value, ("ref", "before", "after"))
    row["repository"] = {"full_name": repository}
    row["dynamoKey"] = f"{repository}/activity/{value.get('id')}"
    reason = "" if repository else "activity names no repository: give --repo"
    return Record("activity", row, repository, reason=reason)


def _commit(value: dict[str, Any], repository: str) -> Record:
    commit = value["commit"]
    named = value.get("repository")
    repository = (
        (_named(named) if isinstance(named, dict) else "") or _from_address(value, commit) or repository
    )
    author, committer = (person if isinstance(person, dict) else {} for person in map(commit.get, _PEOPLE))
    login = value["author"].get("login") if isinstance(value.get("author"), dict) else None
    row = {
        "id": value["sha"],
        "timestamp": committer.get("date") or author.get("date"),
        "message": commit["message"],
        "author": {"username": login or "", "email": author.get("email"), "name": author.get("name")},
    }
    parents = value.get("parents")
    shas = (
        (parent.get("sha") for parent in parents if isinstance(parent, dict))
        if isinstance(parents, list)
        else ()
    )
    reason = "" if repository else "the commit names no repository: give --repo"
    return Record("commit", row, repository, tuple(map(str, shas)), reason)


_PEOPLE = ("author", "committer")


def _job(value: dict[str, Any], repository: str) -> Record:
    """A job, with what documents before 2023 lack: run_attempt is 1, created_at is started_at."""
    job = value.get("workflow_job")
    job = job if isinstance(job, dict) else value
    delivered = value.get("repository") if job is not value else None
    delivered = delivered if isinstance(delivered, dict) else {}
    repository = _named(delivered) or _from_address(job) or repository
    row = _picked(job, _JOB)
    row.setdefault("run_attempt", 1)
    if "started_at" in row:
        row.setdefault("created_at", row["started_at"])
    if repository:
        # the table reads the repository from this key, else from the address
        row["dynamoKey"] = f"{repository}/workflow_job/{job.get('id')}"
    return Record("workflow_job", row, repository)


def _run(value: dict[str, Any], repository: str) -> Record:
    run = value.get("workflow_run")
    run = run if isinstance(run, dict) else value
    named = [part.get("repository") for part in (run, value)]
    repository = (
        next((_named(part) for part in named if isinstance(part, dict)), "")
        or _from_address(run)
        or repository
    )
    row = _picked(run, _RUN)
    row.setdefault("run_attempt", 1)
    return Record("workflow_run", row | {"repository": repository}, repository)


_READERS: dict[str, Callable[[dict[str, Any], str], Record]] = {
    "push": _push,
    "activity": _activity,
    "commit": _commit,
    "workflow_job": _job,
    "workflow_run": _run,
}


def _picked(value: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The named values of an object that are there."""
    if not isinstance(value, dict):
        return {}
    return {name: value[name] for name in names if value.get(name) is not None}


def _named(repository: dict[str, Any]) -> str:
    """OWNER/NAME of a repository's object; payloads of before 2013 lack full_name."""
    full_name, name, owner = map(repository.get, ("full_name", "name", "owner"))
    if isinstance(full_name, str) and full_name:
        return full_name
    login = (owner.get("login") or owner.get("name")) if isinstance(owner, dict) else None
    return f"{login}/{name}" if isinstance(login, str) and isinstance(name, str) and login and name else ""


def _from_address(*objects: dict[str, Any]) -> str:
    """OWNER/NAME from the addresses of objects, on any host."""
    for found in objects:
        for name, pattern in (("url", _FROM_API), ("html_url", _FROM_SITE)):
            address = found.get(name)
            if isinstance(address, str) and (match := pattern.match(address)):
                return match[1]
    return ""
