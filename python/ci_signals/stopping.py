"""Being stopped from outside: Ctrl-C, and the SIGTERM of a CI job that was cancelled."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SAID = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}


class Stopped(SystemExit):
    """A signal told this process to end; its exit code is 128 and the signal's number.

    A SystemExit, since dbt, too, lets those pass after cancelling what it runs.
    """

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.reason = _SAID[signal.Signals(number)]


def stop_on_signals() -> None:
    """From now on Ctrl-C and SIGTERM raise Stopped in the main thread."""
    for number in _SAID:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as in a shell's background jobs
            signal.signal(number, _stop)


def check_stopped() -> None:
    """Raise Stopped again when it was raised before and a library kept it to itself.

    The code that reads dbt's parsed project catches everything, whatever it is.
    """
    if _heard:
        raise Stopped(_heard[0])


_heard: list[int] = []


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    _heard.append(number)
    raise Stopped(number)


@contextmanager
def stopping_with(cancel: Callable[[], None]) -> Iterator[None]:
    """While the block runs, a signal that stops this process also calls `cancel`, in a thread.

    An embedded engine's query holds the main thread, which sees a signal only after it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
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
