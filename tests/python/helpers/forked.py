"""Commands and scripts without Python's start: a process that has imported dbt forks one for each.

Importing takes two of a command's three seconds of processor time, the code that dbt generates when
it first reads a project most of another, and the tests run some hundred commands. The engine is not
among the imports: it is one a process.
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

PARSED = "partial_parse.msgpack"


def plain_environment() -> dict[str, str]:
    """Ours, without what the project or dbt reads."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SIGNALS_", "DBT_"))}


def is_read_at_start(variable: str) -> bool:
    """Whether Python or a library reads it when it starts, so that a fork would not notice it."""
    return variable.startswith(("PYTHON", "LC_", "LANG", "TERM", "FORCE_COLOR", "SSL_"))


_SERVE = """
import gc, json, os, shutil, sys, tempfile, traceback
gc.disable()  # commands as short as these leave little to look for
import dbt.adapters.chdb, dbt.cli.main
from ci_signals import cli
import ci_signals.build, ci_signals.loaders.ci, ci_signals.loaders.trace, ci_signals.query
project, parsed = sys.argv[1:]
with tempfile.TemporaryDirectory() as place:
    shutil.copyfile(parsed, os.path.join(place, "partial_parse.msgpack"))
    where = ["--project-dir", project, "--profiles-dir", project, "--target-path", place, "--log-path", place]
    dbt.cli.main.dbtRunner().invoke(["--log-level", "none", "parse", *where])
if os.path.exists("/proc/self/task"):
    assert len(os.listdir("/proc/self/task")) == 1, "a fork would miss the other threads"
assert "chdb" not in sys.modules
gc.freeze()

def run(request):
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    for descriptor in (1, 2):
        file = os.open(request["output"][descriptor - 1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = request["command"]
    program = os.path.basename(sys.argv[0])
    code = 1
    try:
        if program == "dbt":
            dbt.cli.main.cli()
        elif program == "signals":
            cli.main()
        else:
            script = sys.argv[2]
            sys.argv = ["-c", *sys.argv[3:]]
            exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.exit(code)  # out of the loop below, as the interpreter ends anywhere

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def run_forked(
    command: Sequence[str], environment: Mapping[str, str], project: Path
) -> subprocess.CompletedProcess[str]:
    """As subprocess.run(command, env=environment, cwd=project) with captured text, for `signals`, `dbt`
    and a script that Python is given with -c."""
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
        [sys.executable, "-c", _SERVE, str(project), str(parsed_project(project))],
        env=plain_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@cache
def parsed_project(project: Path) -> Path:
    """The project as dbt parsed it, which takes seconds: the first test process that needs it has it
    parsed, in a process of its own. dbt checks it against files and options before it uses it."""
    versions = "-".join(version(package) for package in ("dbt-core", "dbt-adapters", "dbt-clickhouse"))
    kept = project / ".pytest_cache" / "parsed" / f"{sys.version_info.minor}-{versions}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with (kept.parent / "lock").open("w") as lock, tempfile.TemporaryDirectory() as place:
        fcntl.flock(lock, fcntl.LOCK_EX)
        changed = max(path.stat().st_mtime for path in Settings(project).project_files())
        if not (kept.exists() and kept.stat().st_mtime > changed):
            environment = plain_environment() | {"DBT_TARGET_PATH": place, "DBT_LOG_PATH": place}
            command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse"]
            done = subprocess.run(
                command, cwd=project, env=environment, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stdout + done.stderr
            shutil.copyfile(Path(place, PARSED), kept)
    return kept
