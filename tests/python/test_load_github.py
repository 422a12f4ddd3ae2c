"""Loading GitHub's own documents: shapes, what they lack, what cannot be used, any order."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from ci_loader import Loader, open_loader
from github_documents import REPOSITORY, commit, delivery, job, push, run, sha

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders import json_documents as documents_module
from ci_signals.loaders.ci import LoadReport
from ci_signals.loaders.github import load_github
from ci_signals.loaders.github_records import github_records
from ci_signals.loaders.json_documents import Broken, json_documents
from ci_signals.names import branch_ref

TABLES = ("push", "workflow_job", "workflow_run", "rejected_rows")
PUSH = push(("a1", "08:00"), ("a2", "09:00"))
Load = Callable[..., LoadReport]


def text(*documents: Any) -> bytes:
    return "\n".join(map(json.dumps, documents)).encode()


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    with open_loader(tmp_path_factory.mktemp("github")) as loader:
        load_github(
            loader.settings, Console(quiet=True), [write(loader.folder, "first.json", b"[]")], None, "main"
        )
        yield loader


@pytest.fixture
def loader(opened: Loader) -> Loader:
    """A store with empty tables."""
    for table in TABLES:
        opened.client.command(f"truncate table ci_raw.{table}")
    return opened


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def load(loader: Loader, *paths: Path, repo: str | None = None, branch: str = "main") -> LoadReport:
    return load_github(loader.settings, Console(quiet=True), list(paths), repo, branch)


def rows(loader: Loader, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
    query = f"select {columns} from ci_raw.{table} order by all"
    return [tuple(row) for row in loader.client.query(query).result_rows]


WRAPPED = {
    "bare": PUSH,
    "probot": {"name": "push", "id": "1", "payload": PUSH},
    "headers": {"headers": {"X-GitHub-Event": "push"}, "payload": PUSH},
    "context of Actions": {"eventName": "push", "runId": 1, "payload": PUSH},
    "deliveries API": {"event": "push", "request": {"headers": {}, "payload": PUSH}, "response": {}},
    "proxy": {"x-github-event": "push", "body": PUSH, "timestamp": 1},
    "payload as text": {"headers": {}, "body": json.dumps(PUSH)},
}
ENCODED: dict[str, bytes] = {
    **{name: text(document) for name, document in WRAPPED.items()},
    "array": text([PUSH]),
    "array of arrays": text([[PUSH], []]),
    "indented": json.dumps(PUSH, indent=2).encode(),
    "byte order mark": b"\xef\xbb\xbf" + text(PUSH),
    "UTF-16": "\ufeff".encode("utf-16-le") + text(PUSH).decode().encode("utf-16-le"),
    "gzip": gzip.compress(text(PUSH)),
    "zstd": zstd.compress(text(PUSH)),
}


def records(file: Path) -> list[tuple[str, dict[str, Any]]]:
    return [
        (each.kind, each.row) for document, _ in json_documents(file) for each in github_records(document)
    ]


@pytest.mark.parametrize("name", ENCODED)
def test_a_push_is_told_by_what_is_in_it(tmp_path: Path, name: str) -> None:
    suffix = {"gzip": ".gz", "zstd": ".zst"}.get(name, "")
    [(kind, row)] = records(write(tmp_path, f"notes.txt{suffix}", ENCODED[name]))
    assert (kind, row["ref"], row["after"]) == ("push", "refs/heads/main", sha("a2"))
    assert [commit["id"] for commit in row["commits"]] == [sha("a1"), sha("a2")]


def test_a_document_is_loaded_once(loader: Loader, tmp_path: Path) -> None:
    file = write(tmp_path, "notes.txt", text(PUSH, job(1, "a1", 10), run(10, "a1")))
    assert load(loader, file) == LoadReport(3, 3)
    stored = [rows(loader, table) for table in TABLES]
    columns = "ref, tupleElement(repository, 'full_name'), toString(tupleElement(head_commit, 'timestamp'))"
    assert rows(loader, "push", f"{columns}, tupleElement(commits, 'id')") == [
        ("refs/heads/main", REPOSITORY, "2026-11-20 09:00:00.000000000", [sha("a1"), sha("a2")])
    ]
    columns = "id, run_id, name, workflow_name, repository_full_name, labels, toString(completed_at)"
    assert rows(loader, "workflow_job", columns) == [
        (1, 10, "build", "CI", REPOSITORY, ["ubuntu-latest"], "2026-11-20 10:20:00.000000000")
    ]
    assert rows(loader, "workflow_run", "id, name, event, repository") == [(10, "CI", "push", REPOSITORY)]
    assert load(loader, file) == LoadReport(3, 0, 3)
    assert [rows(loader, table) for table in TABLES] == stored


JOBS = [job(1, "a1", 10), job(2, "a1", 10, name="test"), job(3, "a1", 10, name="lint")]
PAGES = [{"total_count": 3, "jobs": JOBS[:2]}, {"total_count": 3, "jobs": JOBS[2:]}]
OF_JOBS: dict[str, bytes] = {
    "a page": text({"total_count": 3, "jobs": JOBS}),
    "pages one after another": text(PAGES[0]) + text(PAGES[1]),
    "slurped pages": text(PAGES),
    "an object a line": text(*JOBS),
    "a list": text(JOBS),
    "lists one after another": text(JOBS[:1]) + text(JOBS[1:]),
    "deliveries": text(*(delivery("workflow_job", each) for each in JOBS)),
}


@pytest.mark.parametrize("name", OF_JOBS)
def test_jobs_are_the_same_in_every_listing(tmp_path: Path, name: str) -> None:
    found = records(write(tmp_path, "x", OF_JOBS[name]))
    assert [(kind, row["id"], row["name"]) for kind, row in found] == [
        ("workflow_job", 1, "build"),
        ("workflow_job", 2, "test"),
        ("workflow_job", 3, "lint"),
    ]


def test_a_document_that_names_a_run_is_not_always_one(tmp_path: Path) -> None:
    of_run = {"id": 10, "head_sha": sha("a1")}
    artifact = {"id": 1, "name": "report", "archive_download_url": "x", "workflow_run": of_run}
    deployment = delivery("workflow_run", run(10, "a1")) | {"deployment": {"id": 1}}
    file = write(tmp_path, "x", text({"total_count": 1, "artifacts": [artifact]}, artifact, deployment))
    assert [kind for kind, _ in records(file)] == ["", "", ""]
    assert [kind for kind, _ in records(write(tmp_path, "y", text({"workflow_run": of_run})))] == [
        "workflow_run"
    ]


def test_a_repository_that_is_no_text_is_not_made_one(loader: Loader, tmp_path: Path) -> None:
    bad = [PUSH | {"repository": {"full_name": name}} for name in (5, ["o/r"], None, "")]
    file = write(tmp_path, "x", text(*bad, PUSH))
    assert load(loader, file) == LoadReport(5, 1, 0, 4)
    assert set(loader.rejected(file).values()) == {"repository.full_name is missing or empty"}


def test_what_a_document_lacks_is_filled(loader: Loader, tmp_path: Path) -> None:
    """Of old documents, and the repository of an Enterprise host."""
    old = {
        name: value for name, value in job(1, "a1", 10).items() if name not in ("run_attempt", "created_at")
    }
    enterprise = job(2, "a1", 10, url="https://ci.example/api/v3/repos/team/tools/actions/jobs/2")
    moved = delivery(
        "workflow_job", job(3, "a1", 10, url="https://api.github.com/repos/old/name/actions/jobs/3")
    )
    assert load(loader, write(tmp_path, "x", text(old, enterprise, moved))) == LoadReport(3, 3)
    columns = "id, run_attempt, toString(created_at), repository_full_name, url like '%/old/name/%'"
    assert rows(loader, "workflow_job", columns) == [
        (1, 1, "2026-11-20 10:01:00.000000000", REPOSITORY, 0),
        (2, 1, "2026-11-20 10:00:00.000000000", "team/tools", 0),
        (3, 1, "2026-11-20 10:00:00.000000000", REPOSITORY, 1),
    ]


@pytest.mark.parametrize("order", [("jobs", "runs"), ("runs", "jobs"), ("both",)])
def test_a_workflow_gets_its_name_from_the_run(
    loader: Loader, tmp_path: Path, order: tuple[str, ...]
) -> None:
    nameless = [job(number, "a1", number, workflow_name=None) for number in (10, 11, 12)]
    runs = [run(10, "a1", name=""), run(10, "a1", updated_at="2026-11-20T10:00:00Z"), run(11, "a1", name="")]
    files = {"jobs": text(*nameless), "runs": text({"workflow_runs": runs}), "both": text(*nameless, runs)}
    for name in (*order, order[0]):
        load(loader, write(tmp_path, name, files[name]))
    # the rows stay as they came, and only a name that a run has is given
    assert rows(loader, "workflow_job", "id, workflow_name") == [(10, ""), (10, "CI"), (11, ""), (12, "")]


def test_documents_in_any_order_give_the_same_rows(loader: Loader, tmp_path: Path) -> None:
    states: list[dict[str, Any]] = [
        {"status": "queued", "conclusion": None, "completed_at": None},
        {"status": "in_progress", "conclusion": "", "completed_at": None},
        {},
    ]
    listed = [commit("c3", "09:00", "c2"), commit("c2", "09:00", "c1"), commit("c1", "09:00", "b1")]
    documents: list[Any] = [
        *(delivery("workflow_job", job(1, "a1", 10, workflow_name=None) | state) for state in states * 2),
        delivery("workflow_run", run(10, "a1")),
        PUSH,
        *listed,
        {"message": "Not Found"},
    ]
    seen = []
    for seed in (1, 2):
        for table in TABLES:
            loader.client.command(f"truncate table ci_raw.{table}")
        shuffled = random.Random(seed).sample(documents, len(documents))
        split = seed * 5
        write(tmp_path, "1", text(*shuffled[:split]))
        write(tmp_path, "2", text(*shuffled[split:]))
        load(loader, tmp_path)
        seen.append([rows(loader, table) for table in TABLES[:3]])
    assert all(each == seen[0] for each in seen)
    assert len(seen[0][1]) == 6  # three versions, each with a name too
    assert rows(loader, "push", "tupleElement(commits, 'id')") == [
        ([sha("a1"), sha("a2")],),
        ([sha("c1"), sha("c2"), sha("c3")],),
    ]


def test_listed_commits_are_pushes_to_the_branch(loader: Loader, tmp_path: Path) -> None:
    page = [commit("c3", "09:30"), commit("c2", "09:00"), commit("c1", "09:00")]
    file = write(tmp_path, "x", text(page[:2], page[2:]))
    assert load(loader, file, branch="stable/1.x") == LoadReport(2, 2)
    columns = "ref, after, toString(tupleElement(head_commit, 'timestamp')), tupleElement(commits, 'id')"
    assert rows(
        loader, "push", f"{columns}, tupleElement(tupleElement(head_commit, 'author'), 'username')"
    ) == [
        ("refs/heads/stable/1.x", sha("c2"), "2026-11-20 09:00:00.000000000", [sha("c1"), sha("c2")], "ada"),
        ("refs/heads/stable/1.x", sha("c3"), "2026-11-20 09:30:00.000000000", [sha("c3")], "ada"),
    ]


def test_deletions_and_pushes_of_activity_name_no_commit(loader: Loader, tmp_path: Path) -> None:
    deleted = push(("a1", "08:00"), ref="refs/heads/old", after="0" * 40, head_commit=None, commits=[])
    activity = {
        "id": 5,
        "before": sha("a1"),
        "after": sha("a2"),
        "ref": "refs/heads/main",
        "timestamp": "2026-11-20T09:00:00Z",
        "activity_type": "push",
        "actor": {"login": "ada"},
    }
    file = write(tmp_path, "x", text(deleted, [activity]))
    assert load(loader, file) == LoadReport(2, 1, 0, 1)
    assert loader.rejected(file) == {2: "activity names no repository: give --repo"}
    assert load(loader, file, repo="octo/gadgets") == LoadReport(2, 1, 1)
    assert rows(loader, "push", "ref, after, tupleElement(repository, 'full_name'), commits") == [
        ("refs/heads/main", sha("a2"), "octo/gadgets", []),
        ("refs/heads/old", "0" * 40, REPOSITORY, []),
    ]


def test_what_cannot_be_used_is_set_aside(loader: Loader, tmp_path: Path) -> None:
    lines = [
        json.dumps(job(1, "a1", 10)),
        '{"id": 2, "run_id": 10, "name": "cut sho',
        json.dumps({"message": "Not Found", "documentation_url": "https://docs.github.com", "status": "404"}),
        json.dumps({"zen": "Design for failure.", "hook_id": 1}),
        json.dumps({"action": "opened", "pull_request": {}}),
        json.dumps(job(3, "a1", 10, head_sha="")),
        json.dumps(job(4, "a1", 10, id="4x")),
        json.dumps(run(0, "a1")),
        "[" * 100_000,
        "[1, 2]",
        '{"id": ' + "9" * 5000 + "}",
        json.dumps({"workflow_job": job(5, "a1", 10, name="\ud800")}),
        json.dumps(commit("c1", "09:00") | {"url": None, "html_url": 5}),
        "{}",
        json.dumps(job(6, "a1", 10)),
    ]
    file = write(tmp_path, "x", "\n".join(lines).encode())
    assert load(loader, file) == LoadReport(16, 2, 0, 14)
    reasons = loader.rejected(file)
    assert reasons.pop(2).startswith("not JSON: Invalid control character at character")
    assert reasons == {
        3: "GitHub answered: Not Found",
        4: "a ping, which tells nothing of the repository's CI",
        5: "no push, job, run, commit or activity: it has action, pull_request",
        6: "head_sha is missing or empty",
        7: "id is not a whole number",
        8: "id is missing or empty",
        9: "not JSON: it is nested too deeply",
        10: "it is no object",
        11: "it is no object",
        12: "not JSON: it has a number of too many digits",
        13: "not JSON",
        14: "the commit names no repository: give --repo",
        15: "no push, job, run, commit or activity: it has nothing",
    }
    assert rows(loader, "workflow_job", "id") == [(1,), (6,)]


def test_files_without_documents(loader: Loader, tmp_path: Path) -> None:
    readme = write(tmp_path, "README.md", b"# Read me\n{}\n")
    empty = write(tmp_path, "empty.json", b"")
    none = write(tmp_path, "none.json", b'{"total_count": 0, "jobs": []}[]')
    assert load(loader, empty, none) == LoadReport()
    assert load(loader, tmp_path) == LoadReport()  # in a folder it is passed over
    with pytest.raises(UserError, match=r"README.md has no JSON documents"):
        load(loader, readme, none)
    with pytest.raises(UserError, match="no record could be used: GitHub answered: Not Found"):
        load(loader, write(tmp_path, "x", b'{"message": "Not Found"}'))
    damaged = write(tmp_path, "jobs.gz", gzip.compress(text(*JOBS) * 900, mtime=0)[:-20])
    with pytest.raises(UserError, match=r"jobs.gz is cut short or damaged"):
        load(loader, damaged, none)


@pytest.mark.parametrize("block", [1, 7, 64, 100_000])
def test_documents_do_not_depend_on_blocks(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [
        '{"é": "\\ud83d\\ude00\\n"}',
        "[]",
        '{"broken": tru}',
        '{"text": "}{"}',
        '["x", 1.5e3]  {"a":1}',
        '{"cut',
    ]
    file = write(tmp_path, "x", "\n".join(parts).encode())
    monkeypatch.setattr(documents_module, "_BLOCK", block)
    found = [document for document, _ in json_documents(file)]
    broken = [(each.text, each.reason) for each in found if isinstance(each, Broken)]
    assert [each for each in found if not isinstance(each, Broken)] == [
        {"é": "😀\n"},
        [],
        {"text": "}{"},
        ["x", 1.5e3],
        {"a": 1},
    ]
    assert broken == [
        ('{"broken": tru}\n', "not JSON: Expecting value at character 12"),
        ('{"cut', "not JSON: Unterminated string starting at character 2"),
    ]


def test_a_document_without_end_is_not_read_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_module, "_LONGEST", 1 << 20)
    file = write(tmp_path, "x.gz", gzip.compress(b'{"a": 1}\n["' + b"x" * (50 << 20), 1))
    found: list[Any] = []
    with pytest.raises(UserError, match="is not read beyond document 1: the next is too long"):
        found.extend(json_documents(file))
    assert not found or found[0][0] == {"a": 1}


@pytest.mark.parametrize("name", ["main", "refs/heads/main", "release/2.0", "übung", "v1.x-fix#3"])
def test_branches_by_short_and_full_name(name: str) -> None:
    assert branch_ref(name) == f"refs/heads/{name.removeprefix('refs/heads/')}"


@pytest.mark.parametrize(
    "name", ["", "refs/heads/", "refs/tags/v1", "a b", "-x", "a..b", "a:b", "x.lock", "a\n", "/a"]
)
def test_names_that_git_refuses_are_no_branches(name: str) -> None:
    with pytest.raises(UserError, match="is not the name of a branch"):
        branch_ref(name)
