"""Being stopped from outside: Ctrl-C, and the SIGTERM of a CI job that was cancelled."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
_PATIENCE_SECONDS = 1.0


class Stopped(SystemExit):
    """A signal told this process to end; its exit code is 128 and the signal's number.

    A SystemExit, since dbt, too, lets those pass after cancelling what it runs.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.reason = _SAID[signal.Signals(number)]


def stop_on_signals() -> None:
    """From now on Ctrl-C and SIGTERM raise Stopped in the main thread.

    One that comes a second or more after the first ends the process there and then, whatever
    has become of that: it does no more than a kill, which loads and builds survive.
    """
    for number in _SAID:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in a shell's background jobs
            signal.signal(number, _stop)


@contextmanager
def signals_noted() -> Iterator[None]:
    """Until the block ends a signal is only noted; then, or at check_stopped, it raises Stopped.

    For imports: one that is broken off at the wrong place leaves its module locked, and the
    next thread to import that waits for ever; or it loses the exception. Other threads than
    the main one are never interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
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
    """Raise Stopped when a signal was noted, or was raised before and a library kept it to itself.

    The code that reads dbt's parsed project catches everything, whatever it is.
    """
    if _heard:
        raise Stopped(_heard[0][0])


_heard: list[tuple[int, float]] = []  # signals, and when
_noting: list[bool] = []


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    now = time.monotonic()
    if _heard and now - _heard[0][1] >= _PATIENCE_SECONDS:
        os.write(2, f"error: {_SAID[signal.Signals(number)]}\n".encode())
        os._exit(128 + number)
    _heard.append((number, now))
    if not _noting:
        raise Stopped(number)


@contextmanager
def stopping_with(cancel: Callable[[], None]) -> Iterator[None]:
    """While the block runs, a signal that stops this process also calls `cancel`, in a thread.

    An embedded engine's query holds the main thread, which sees a signal only after it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    import socket  # not before signals are heard

    heard, told = socket.socketpair()
    told.setblocking(False)
    before = signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        with heard:
            while number := heard.recv(1):
                if number[0] in _SAID:
                    cancel()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        told.close()
        listener.join()
