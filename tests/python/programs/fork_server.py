"""Imports dbt and the command line once, then forks a process for each command that it reads.

Arguments: the project's folder, and the project as dbt parsed it. Each line of standard input
is a command with its folder, environment and files of output; each line of output its exit code.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any, NoReturn

import dbt.cli.main

import ci_signals.build
import ci_signals.cli
import ci_signals.loaders.ci
import ci_signals.loaders.trace
import ci_signals.query  # noqa: F401
import dbt.adapters.chdb
from ci_signals.__main__ import main


def parse_once(project: str, parsed: str) -> None:
    """Have dbt read the project, so that what it keeps in memory is there in every fork."""
    with tempfile.TemporaryDirectory() as place:
        shutil.copyfile(parsed, Path(place, "partial_parse.msgpack"))
        where = ["--project-dir", project, "--profiles-dir", project]
        where += ["--target-path", place, "--log-path", place]
        dbt.cli.main.dbtRunner().invoke(["--log-level", "none", "parse", *where])


def run(request: dict[str, Any]) -> NoReturn:
    """Become the command: `signals`, `dbt`, or Python with a program."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    for descriptor, path in ((1, request["output"][0]), (2, request["output"][1])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
        os.close(file)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = request["command"]
    command = Path(sys.argv[0]).name
    code = 1
    try:
        if command == "dbt":
            dbt.cli.main.cli()
        elif command == "signals":
            main()
        else:
            sys.argv = sys.argv[1:]
            runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.exit(code)  # out of the loop below, as the interpreter ends anywhere


gc.disable()  # commands as short as these leave little to look for
parse_once(*sys.argv[1:])
if Path("/proc/self/task").exists():
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork would miss the other threads"
assert "chdb" not in sys.modules
gc.freeze()
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        run(json.loads(line))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
