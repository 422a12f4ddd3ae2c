"""A folder with a store and a site, the commands that work on them, and the fixtures to load."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from forked import PARSED, PROGRAMS, is_read_at_start, parsed_project, plain_environment, run_forked

from ci_signals.project import SAMPLE_AS_OF

PROJECT = Path(__file__).resolve().parents[3]
FIXTURES = PROJECT / "tests" / "fixtures"
EDGE = FIXTURES / "edge"
SAMPLE = FIXTURES / "sample"
TRACES = FIXTURES / "traces"
INTERMEDIATE = FIXTURES / "intermediate"
# The moment that the edge rows and the sample rows stop at, and the window that has all edge rows.
AS_OF = SAMPLE_AS_OF
EDGE_WINDOW = ("--hours", 48, "--as-of", AS_OF)
# A trace with failures and restarts.
TRACE = SAMPLE / "traces" / "05_failures"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Workspace:
    """A folder with a store of its own. A process can open one store, so each command runs in its own."""

    folder: Path
    more: Mapping[str, str] = field(default_factory=dict)

    def on(self, server: Mapping[str, str]) -> Workspace:
        """The same folders with further environment variables, such as those that name a server."""
        return replace(self, more=server)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **plain_environment(),
            "SIGNALS_STORE": str(self.folder / "store"),
            "DBT_TARGET_PATH": str(self.folder / "target"),
            "DBT_LOG_PATH": str(self.folder / "logs"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "NO_COLOR": "1",
            "COLUMNS": "200",
            **self.more,
        }

    @property
    def bin(self) -> Path:
        """Where this environment's commands are."""
        return BIN

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def signals(
        self, *arguments: object, check: bool = True, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run the command line; `more` are further environment variables."""
        return self._run([str(BIN / "signals"), *map(str, arguments)], check, more)

    def refused(self, *arguments: object, **more: str) -> str:
        """Run a command that must fail with exit code 2 and one line; the line."""
        done = self.signals(*arguments, check=False, **more)
        assert (done.returncode, done.stdout) == (2, ""), (arguments, done.stderr)
        assert one_line(done.stderr), done.stderr
        return done.stderr

    def dbt(self, *arguments: object, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """Run dbt; `more` are further environment variables."""
        return self._run([str(BIN / "dbt"), *map(str, arguments)], check, more)

    def python(
        self, program: str, *arguments: object, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a file of programs/ on this workspace's store."""
        return self._run([sys.executable, str(PROGRAMS / program), *map(str, arguments)], check)

    def build(self, *arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Build the signals track into this workspace's site."""
        select = () if "--select" in arguments else ("--select", "tag:signals")
        return self.signals("build", *arguments, *select, "--output", self.site, check=check)

    def build_signals(self, *window: object, options: Sequence[object] = ()) -> Path:
        """Build what signals.jsonl is written from, 25 of 84 models, and write it without a site."""
        self.signals(*options, "build", *window, "--select", "+fct_signals_nested", "--output", self.site)
        self.python("write_signals.py", self.folder)
        return self.folder / "signals.jsonl"

    def load_trace(
        self, *arguments: object, name: str, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Load files, with further options of the command, as the trace `name`."""
        return self.signals("load", "trace", *arguments, "--name", name, check=check)

    def load_traces(self, named: Mapping[str, Sequence[Path]]) -> None:
        """Load many traces, paths by name, in one process."""
        self.python("load_traces.py", json.dumps({name: list(map(str, named[name])) for name in named}))

    def build_traces(self) -> None:
        """Build the compile track with all of its data tests; `signals build` leaves some to dbt."""
        self.dbt("--quiet", "build", "--select", "tag:compile", "--exclude-resource-type", "unit_test")

    def render(self) -> Path:
        """Write the site from the finished tables; returns its folder."""
        self.signals("render", "--output", self.site)
        return self.site

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, by `signals sql`."""
        printed = self.signals("sql", query, "--format", "json").stdout
        return [json.loads(line) for line in printed.splitlines()]

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start the command line without waiting for it, in a process group of its own."""
        command = [str(BIN / "signals"), *map(str, arguments)]
        return subprocess.Popen(
            command,
            env=self.environment,
            cwd=PROJECT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def _run(
        self, command: Sequence[str], check: bool = True, more: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the project's folder, on this store; a failure shows its output."""
        parsed = self.folder / "target" / PARSED
        if not parsed.exists():
            parsed.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(parsed_project(PROJECT), parsed)
        environment = self.environment | dict(more or {})
        given = {**self.more, **(more or {})}
        if any(map(is_read_at_start, given)):
            done = self._run_anew(command, environment)
        else:
            done = run_forked(command, environment, PROJECT)
        if check and done.returncode:
            raise AssertionError(f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def new_python(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run a file of programs/ in a Python that has imported nothing yet; it may fail."""
        command = [sys.executable, str(PROGRAMS / program), *map(str, arguments)]
        return self._run_anew(command, self.environment)

    @staticmethod
    def _run_anew(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=environment, cwd=PROJECT, text=True, capture_output=True, check=False
        )


def stop(process: subprocess.Popen[str], how: signal.Signals, after: float) -> tuple[int, str, float]:
    """Send a signal to a started command; returns its exit code, stderr and seconds until it ended."""
    time.sleep(after)
    os.killpg(process.pid, how)
    sent = time.monotonic()
    _, said = process.communicate(timeout=60)
    return process.returncode, said, time.monotonic() - sent


def one_line(said: str) -> bool:
    """Whether the stderr of a command is one line, and no traceback."""
    return len(said.splitlines()) == 1 and "Traceback" not in said


def site_files(site: Path) -> dict[str, bytes]:
    """The files that a reader of a site sees, by path; times and the id of the build are masked."""
    build = site / "build.json"
    named = re.search(rb'"build_id":"([^"]+)"', build.read_bytes()) if build.exists() else None
    build_id = named[1] if named else b"none"
    found = {}
    for path in (path for path in sorted(site.rglob("*")) if path.is_file()):
        place, content = path.relative_to(site), path.read_bytes()
        if path.name in ("index.html", "dictionary.html"):
            content = re.sub(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", b"TIME", content)
        content = content.replace(build_id, b"BUILD").replace(b"build " + build_id[:8], b"build BUILD")
        if not place.parts[0].startswith("."):
            found[str(place)] = content
    return found


def read_jsonl(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]
