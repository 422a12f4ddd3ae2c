"""Do work in a copy of this process, beside what this one does meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ci_signals.errors import UserError
from ci_signals.process import command


@contextmanager
def working_beside(work: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Start `work` in a copy of this process; yields a function that waits for it and returns its text.

    Only for a process with one thread that has no store open: the copy may open one, and takes the
    memory that this needs with it when it ends. The text has at most 4,000 characters. When `work`
    fails, the copy prints why, and the function raises SystemExit with its exit code; UserError
    when it was killed. A block that ends early ends the copy.
    """
    reading, writing = os.pipe()
    copy = os.fork()
    if not copy:
        _work(work, writing)
    os.close(writing)
    waited: list[int] = []

    def result() -> str:
        waited.append(os.waitpid(copy, 0)[1])
        code = os.waitstatus_to_exitcode(waited[0])
        if code < 0:
            raise UserError(f"a process of this command was ended by {signal.Signals(-code).name}")
        if code:
            raise SystemExit(code)
        return os.read(reading, 1 << 14).decode()

    try:
        yield result
    finally:
        if not waited:
            os.kill(copy, signal.SIGKILL)
            os.waitpid(copy, 0)
        os.close(reading)


def _work(work: Callable[[], str], writing: int) -> None:
    """Do the work and end the copy; nothing that the caller would do at its end is done."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C is for the first process, which ends this one
        with command():
            os.write(writing, work().encode())
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)
