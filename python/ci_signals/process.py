"""How a command is stopped and how it ends. docs/reliability.md promises this to users:

- Ctrl-C and SIGTERM end a command within seconds, with one line and exit code 130 or 143.
  They cancel the query that the embedded engine runs, and they never break off an import.
- An error is one line on standard error, never a traceback. The exit code is the error's own,
  or 2 when the system refused something.
- A reader that closes the pipe, as `head` does, ends the command without a line.
- If a standard stream is closed from the start, no output ends up in a file of the store.
- The engine's own output on standard error is kept, not shown.

This module imports little, because it has to handle signals before the slow imports.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ci_signals.errors import UserError

_WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
_heard: list[int] = []
_noting: list[bool] = []  # one entry for each signals_noted() that is open
_stderr_lock = threading.Lock()


class Stopped(SystemExit):
    """A signal told this process to end. The exit code is 128 plus the signal's number.

    It is a SystemExit because dbt cancels its queries and does not catch a SystemExit.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.reason = _WORDS[signal.Signals(number)]


@contextmanager
def command() -> Iterator[None]:
    """Run a command in the block. Signals stop it; an exception becomes one line and an exit code."""
    _open_closed_streams()
    try:
        try:
            stop_on_signals()
            _check_arguments()
            yield
        finally:
            sys.stdout.flush()  # Python's own flush at exit could not report a full disk in one line
    except UserError as error:
        _end(error.exit_code, str(error))
    except Stopped as stopped:
        _end(stopped.code, stopped.reason)
    except BrokenPipeError:
        _end(1)
    except OSError as error:
        # not caught elsewhere: a file name that is too long, standard output on a full disk
        _end(2, f"{error.strerror or error}: {error.filename or 'output'}")


def stop_on_signals() -> None:
    """From now on Ctrl-C and SIGTERM raise Stopped in the main thread."""
    for number in _WORDS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # a shell's background jobs ignore Ctrl-C
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    _heard.append(number)
    if not _noting:
        raise Stopped(number)


@contextmanager
def signals_noted() -> Iterator[None]:
    """Delay signals during the block; raise Stopped at its end, or in check_stopped.

    An import that an exception interrupts can leave its module locked, and the next thread that
    imports the module waits forever. Signals only interrupt the main thread, so in other
    threads this does nothing.
    """
    if not _is_main_thread():
        yield
        return
    _noting.append(True)
    try:
        yield
    finally:
        _noting.pop()
    if not _noting:
        check_stopped()


def check_stopped() -> None:
    """Raise Stopped when a signal was delayed, or when a library caught an earlier Stopped.

    dbt catches every exception while it reads its parsed project.
    """
    if _heard:
        raise Stopped(_heard[0])


@contextmanager
def stopping_with(cancel: Callable[[], None]) -> Iterator[None]:
    """Call `cancel` in a thread when a signal stops this process during the block.

    A query of the embedded engine holds the main thread, where Python handles signals.
    """
    if not _is_main_thread():
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)

    def listen() -> None:
        while number := os.read(reading, 1):
            if number[0] in _WORDS:
                cancel()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(writing)
        listener.join()
        os.close(reading)


@contextmanager
def stderr_kept() -> Iterator[Callable[[], str]]:
    """Keep what the block writes to descriptor 2. Yields a function that returns it."""
    # dbt opens connections from several threads. Without the lock one of them could save the
    # file of another, and the process would lose its standard error.
    with _stderr_lock:
        saved = os.dup(2)
        # Memory does not fill up as a disk does. Only Linux has such a file.
        kept = os.memfd_create("stderr") if sys.platform == "linux" else os.open(os.devnull, os.O_RDWR)
        os.dup2(kept, 2)
        try:
            yield lambda: os.pread(kept, 1 << 16, 0).decode(errors="replace")
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(kept)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _open_closed_streams() -> None:
    """Open closed standard streams; else a file of the store could get descriptor 1 or 2 and the output."""
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(handle)
    sys.stdout = sys.stdout or os.fdopen(1, "w")
    sys.stderr = sys.stderr or os.fdopen(2, "w")


def _check_arguments() -> None:
    """Raise UserError for an argument that is not UTF-8, unless it names a file: SQL cannot hold it."""
    for argument in sys.argv[1:]:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            if not os.path.exists(argument):  # noqa: PTH110  # Path.exists raises for a name that is too long
                raise UserError(f"{argument!r} is neither UTF-8 nor the name of a file") from error


def _end(code: int | str | None, reason: str = "") -> None:
    if reason:
        from ci_signals.console import Console

        Console().error(reason)
    # At exit Python writes what is left in the buffer, and would fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
