"""Work in a copy of the process: its result, its errors, and that no copy is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

PROGRAM = """
import os, sys, time
from ci_signals.beside import working_beside
from ci_signals.errors import UserError
from ci_signals.process import command

def work():
    print(os.getpid(), flush=True)
    {work}

with command():
    with working_beside(work) as result:
        {block}
        print("text:", result())
"""


def run(work: str, block: str = "pass") -> tuple[int, list[str], str]:
    """The exit code, the lines printed after the copy's number, and standard error; the copy has ended."""
    program = PROGRAM.format(work=work, block=block)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    copy, *said = done.stdout.splitlines()
    with pytest.raises(ProcessLookupError):
        os.kill(int(copy), 0)
    return done.returncode, said, done.stderr


def test_the_text_of_the_work_comes_back() -> None:
    assert run("return 'naïve/1'") == (0, ["text: naïve/1"], "")


@pytest.mark.parametrize(
    ("work", "code", "error"),
    [
        ("raise UserError('no trace', exit_code=3)", 3, "error: no trace\n"),
        ("raise OSError(28, 'No space left on device', 'x')", 2, "error: No space left on device: x\n"),
        ("os.kill(os.getpid(), 9)", 2, "error: a process of this command was ended by SIGKILL\n"),
        ("1 / 0", 1, "ZeroDivisionError"),
    ],
)
def test_a_failure_is_said_once_and_ends_the_command(work: str, code: int, error: str) -> None:
    ended, said, stderr = run(work)
    assert (ended, said) == (code, [])
    assert stderr.count(error) == 1
    assert len(stderr.splitlines()) == 1 or code == 1


def test_a_block_that_ends_early_ends_the_copy() -> None:
    started = time.monotonic()
    block = "time.sleep(0.5); raise UserError('stopped')"
    assert run("time.sleep(50)", block) == (2, [], "error: stopped\n")
    assert time.monotonic() - started < 20
