"""Open the finished tables for the terminal's commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ci_signals.errors import NO_DATA, UserError
from ci_signals.reader import Reader, open_reader
from ci_signals.settings import Settings
from ci_signals.window import Window, check_finished, read_window

HISTORIES = "page_signal_histories"


@contextmanager
def open_reports(settings: Settings) -> Iterator[tuple[Reader, Window]]:
    """A reader, and the window of the last build.

    Raises UserError when no signals were built, not all tables are of one build,
    or nothing is known about its window.
    """
    with open_reader(settings) as reader:
        window = read_window(reader)
        if window is None or not reader.has(HISTORIES):
            raise UserError("there are no signals yet: run signals build")
        check_finished(reader)
        if not window.has_data:
            raise UserError(
                "no data: no job of the last build's window has ended; run signals build", NO_DATA
            )
        yield reader, window
