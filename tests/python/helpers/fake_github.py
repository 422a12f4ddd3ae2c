"""GitHub's REST API on 127.0.0.1, as far as the script of docs/github.md asks it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_PAGE = 2


@dataclass
class FakeGithub:
    """A repository's commits, runs and jobs, newest first, in pages of two, and artifacts with their zips.

    asked: the paths that were asked for. refuses: a part of paths that get no answer.
    """

    repository: str
    commits: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    jobs: list[dict[str, Any]]
    asked: list[str] = field(default_factory=list)
    address: str = ""
    refuses: str = ""
    artifacts: list[dict[str, Any]] = field(default_factory=list)
    zips: dict[int, bytes] = field(default_factory=dict)

    def answer(self, path: str, asked: dict[str, str]) -> tuple[str | None, list[dict[str, Any]]]:
        """The name of the list in the answer (None: the answer is the list), and all of its items."""
        root = f"/repos/{self.repository}"
        if path == f"{root}/commits":
            assert asked["sha"] == "main"
            return None, [
                each for each in self.commits if each["commit"]["committer"]["date"] >= asked["since"]
            ]
        if path == f"{root}/actions/runs":
            found = [each for each in self.runs if each["created_at"].startswith(asked["created"])]
            return "workflow_runs", [each for each in found if each["head_branch"] == asked["branch"]]
        run = int(path.removeprefix(f"{root}/actions/runs/").partition("/")[0])
        if path.endswith("/artifacts"):
            return "artifacts", [each for each in self.artifacts if each["workflow_run"]["id"] == run]
        attempts = [each["run_attempt"] for each in self.jobs if each["run_id"] == run]
        wanted = attempts if asked.get("filter") == "all" else [max(attempts)]
        return "jobs", [each for each in self.jobs if each["run_id"] == run and each["run_attempt"] in wanted]


@contextmanager
def served(github: FakeGithub) -> Iterator[FakeGithub]:
    """Serve it on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(url.query).items()}
            page = int(asked.pop("page", 1))
            if page == 1:
                github.asked.append(url.path)
            if github.refuses and github.refuses in url.path:
                return self._send(403, {"message": "API rate limit exceeded", "status": "403"})
            if url.path.endswith("/zip"):
                return self._send(200, github.zips[int(url.path.split("/")[-2])])
            name, items = github.answer(url.path, asked)
            shown = items[(page - 1) * _PAGE : page * _PAGE]
            query = "&".join(f"{key}={value}" for key, value in asked.items())
            following = f"{github.address}{url.path}?{query}&page={page + 1}"
            link = f'<{following}>; rel="next"' if len(items) > page * _PAGE else ""
            return self._send(200, shown if name is None else {"total_count": len(items), name: shown}, link)

        def _send(self, code: int, document: Any, link: str = "") -> None:
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Length", str(len(body)))
            if link:
                self.send_header("Link", link)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    github.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
