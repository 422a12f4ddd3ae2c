"""Documents of GitHub in the shapes of its webhooks and REST API, about a repository that does not exist."""

from __future__ import annotations

from typing import Any

REPOSITORY = "octo/widgets"
API = f"https://api.github.com/repos/{REPOSITORY}"
SITE = f"https://github.com/{REPOSITORY}"
DAY = "2026-11-20"


def sha(name: str) -> str:
    """A commit's SHA, from a short name."""
    return name.encode().hex().ljust(40, "0")


def at(clock: str) -> str:
    """A time on the day, UTC."""
    return f"{DAY}T{clock}:00Z"


def repository(host: str = "https://api.github.com") -> dict[str, Any]:
    owner, name = REPOSITORY.split("/")
    return {
        "id": 7,
        "name": name,
        "full_name": REPOSITORY,
        "owner": {"login": owner, "id": 1, "type": "Organization"},
        "url": f"{host}/repos/{REPOSITORY}",
    }


def job(number: int, commit: str, run: int, **more: Any) -> dict[str, Any]:
    """A job of REST, completed with success at 10:20 unless `more` says otherwise."""
    return {
        "id": number,
        "run_id": run,
        "workflow_name": "CI",
        "head_branch": "main",
        "run_url": f"{API}/actions/runs/{run}",
        "run_attempt": 1,
        "node_id": "CR_x",
        "head_sha": sha(commit),
        "url": f"{API}/actions/jobs/{number}",
        "html_url": f"{SITE}/actions/runs/{run}/job/{number}",
        "status": "completed",
        "conclusion": "success",
        "created_at": at("10:00"),
        "started_at": at("10:01"),
        "completed_at": at("10:20"),
        "name": "build",
        "steps": [{"name": "Set up job", "status": "completed", "conclusion": "success", "number": 1}],
        "check_run_url": f"{API}/check-runs/{number}",
        "labels": ["ubuntu-latest"],
        "runner_name": None,
    } | more


def run(number: int, commit: str, **more: Any) -> dict[str, Any]:
    """A run of REST."""
    return {
        "id": number,
        "name": "CI",
        "node_id": "WFR_x",
        "head_branch": "main",
        "head_sha": sha(commit),
        "path": ".github/workflows/ci.yml",
        "display_title": "What the commit says",
        "run_number": 3,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "workflow_id": 5,
        "url": f"{API}/actions/runs/{number}",
        "html_url": f"{SITE}/actions/runs/{number}",
        "created_at": at("10:00"),
        "run_started_at": at("10:00"),
        "updated_at": at("10:21"),
        "run_attempt": 1,
        "jobs_url": f"{API}/actions/runs/{number}/jobs",
        "head_commit": {"id": sha(commit), "message": "words", "timestamp": at("09:00")},
        "repository": repository(),
        "head_repository": repository() | {"full_name": "fork/widgets"},
    } | more


def commit(name: str, clock: str, *parents: str) -> dict[str, Any]:
    """A commit of REST."""
    person = {"name": "Ada", "email": "ada@example.org", "date": at(clock)}
    return {
        "sha": sha(name),
        "node_id": "C_x",
        "commit": {
            "author": person | {"date": at("00:01")},
            "committer": person,
            "message": f"Change {name}",
        },
        "url": f"{API}/commits/{sha(name)}",
        "html_url": f"{SITE}/commit/{sha(name)}",
        "author": {"login": "ada", "id": 2},
        "committer": None,
        "parents": [{"sha": sha(parent), "url": f"{API}/commits/{sha(parent)}"} for parent in parents],
    }


def push(*commits: tuple[str, str], ref: str = "refs/heads/main", **more: Any) -> dict[str, Any]:
    """A delivery of push; commits as (short name, clock), oldest first."""
    author = {"name": "Ada", "email": "ada@example.org", "username": "ada"}
    listed = [
        {
            "id": sha(name),
            "tree_id": "0" * 40,
            "distinct": True,
            "message": f"Change {name}",
            "timestamp": at(clock),
            "url": f"{SITE}/commit/{sha(name)}",
            "author": author,
            "committer": author,
            "added": [],
            "removed": [],
            "modified": ["README.md"],
        }
        for name, clock in commits
    ]
    return {
        "ref": ref,
        "before": "0" * 40,
        "after": listed[-1]["id"],
        "repository": repository() | {"created_at": 1500000000, "url": SITE},
        "pusher": {"name": "ada", "email": None},
        "sender": {"login": "ada", "id": 2},
        "created": False,
        "deleted": False,
        "forced": False,
        "base_ref": None,
        "compare": f"{SITE}/compare/x...y",
        "commits": listed,
        "head_commit": listed[-1],
    } | more


def delivery(event: str, inner: dict[str, Any], action: str = "completed") -> dict[str, Any]:
    """A delivery of workflow_job or workflow_run."""
    return {"action": action, event: inner, "repository": repository(), "sender": {"login": "ada", "id": 2}}
