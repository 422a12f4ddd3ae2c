"""Runs commands and programs without starting Python: a process that has imported dbt forks for each.

Importing takes two of a command's three seconds of processor time, and the code that dbt generates
when it first reads a project takes most of the third; the tests run some hundred commands. The
engine is not imported before the fork, because it must be the child's own.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from ci_signals.settings import Settings

# Files that tests run in a process of its own; each says what it does with its arguments.
PROGRAMS = Path(__file__).resolve().parents[1] / "programs"
PARSED = "partial_parse.msgpack"


def plain_environment() -> dict[str, str]:
    """Our environment without the variables that the project or dbt reads."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SIGNALS_", "DBT_"))}


def is_read_at_start(variable: str) -> bool:
    """Whether Python or a library reads the variable at its start: a fork would not notice it."""
    return variable.startswith(("PYTHON", "LC_", "LANG", "TERM", "FORCE_COLOR", "SSL_"))


def run_forked(
    command: Sequence[str], environment: Mapping[str, str], project: Path
) -> subprocess.CompletedProcess[str]:
    """Like subprocess.run(command, env=environment, cwd=project) with captured text. The command is
    `signals`, `dbt` or `python FILE`."""
    server = _server(project)
    assert server.stdin
    assert server.stdout
    with tempfile.TemporaryDirectory() as place:
        output = [Path(place, "out"), Path(place, "err")]
        request = {
            "command": list(command),
            "env": dict(environment),
            "cwd": str(project),
            "output": list(map(str, output)),
        }
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = [path.read_text(encoding="utf-8") for path in output]
    return subprocess.CompletedProcess(list(command), code, *said)


@cache
def _server(project: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROGRAMS / "fork_server.py"), str(project), str(parsed_project(project))],
        env=plain_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@cache
def parsed_project(project: Path) -> Path:
    """dbt's parsed project. Parsing takes seconds, so the first test process that needs it runs dbt and
    keeps the file; dbt checks it against files and options before it uses it."""
    versions = "-".join(version(package) for package in ("dbt-core", "dbt-adapters", "dbt-clickhouse"))
    kept = project / ".pytest_cache" / "parsed" / f"{sys.version_info.minor}-{versions}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "lock").open("w") as lock, tempfile.TemporaryDirectory() as place:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sources = [*Settings(project).project_files(), *(project / "python" / "dbt").rglob("*.sql")]
        changed = max(path.stat().st_mtime for path in sources)
        if not (kept.exists() and kept.stat().st_mtime > changed):
            environment = plain_environment() | {"DBT_TARGET_PATH": place, "DBT_LOG_PATH": place}
            command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse"]
            done = subprocess.run(
                command, cwd=project, env=environment, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            shutil.copyfile(Path(place, PARSED), kept)
    return kept
