"""Commands without Python's start: a process that has imported dbt forks one for each.

Importing takes two of a command's three seconds of processor time, and the tests run some
hundred commands. The engine is not among the imports: it is one a process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path


def is_read_at_start(variable: str) -> bool:
    """Whether Python or a library reads it when it starts, so that a fork would not notice it."""
    return variable.startswith(("PYTHON", "LC_", "LANG", "TERM", "FORCE_COLOR", "SSL_"))


_SERVE = """
import gc, json, os, sys, traceback
import dbt.adapters.chdb, dbt.cli.main
from ci_signals import cli
import ci_signals.build, ci_signals.loaders.ci, ci_signals.loaders.trace, ci_signals.query
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
    is_dbt = os.path.basename(sys.argv[0]) == "dbt"
    code = 1
    try:
        dbt.cli.main.cli() if is_dbt else cli.main()
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
    command: Sequence[str], environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """As subprocess.run(command, env=environment, cwd=folder) with captured text, for `signals` and `dbt`."""
    server = _server()
    assert server.stdin
    assert server.stdout
    with tempfile.TemporaryDirectory() as place:
        output = [Path(place, "out"), Path(place, "err")]
        request = {
            "command": list(command),
            "env": dict(environment),
            "cwd": str(folder),
            "output": list(map(str, output)),
        }
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        said = [path.read_text(encoding="utf-8") for path in output]
    return subprocess.CompletedProcess(list(command), code, *said)


@cache
def _server() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
