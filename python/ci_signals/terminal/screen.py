"""Standard output for people: colours and columns on a terminal, plain lines elsewhere."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console as RichConsole
from rich.text import Text

from ci_signals.printable import printable

# The shape, the ASCII letter and the style of an outcome. Shapes differ without their colours.
SHAPES = {
    "failing": ("■", "x", "red"),
    "flaky": ("▲", "%", "yellow"),
    "passing": ("○", "o", "green"),
    "pending": ("◇", "?", "blue"),
    "": ("·", "-", "dim"),
}
WORDS = {
    "failing": "failed",
    "flaky": "failed and passed",
    "passing": "passed",
    "pending": "running",
    "": "no event",
}
# The outcome whose shape stands for an event's status.
LOOKS_LIKE = {"failure": "failing", "success": "passing", "pending": "pending"}

Part = str | tuple[str, str] | Text


class Screen:
    """Writes lines to standard output. Text is made printable and never read as markup."""

    def __init__(self) -> None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        self._rich = RichConsole(highlight=False, markup=False, emoji=False)
        self._draws_shapes = self._rich.encoding.lower().startswith("utf")

    @property
    def is_terminal(self) -> bool:
        return self._rich.is_terminal

    @property
    def width(self) -> int:
        """Columns of the terminal."""
        return self._rich.width

    def line(self, *parts: Part) -> None:
        """Print one line; a part with a style is a pair (text, style)."""
        text = Text()
        for part in parts:
            if isinstance(part, Text):
                text.append_text(part)
            elif isinstance(part, tuple):
                text.append(printable(part[0]), part[1])
            else:
                text.append(printable(part))
        self._rich.print(text, soft_wrap=True)

    def data(self, line: str) -> None:
        """Print a line unchanged. The caller must make it printable."""
        sys.stdout.write(line + "\n")

    def strip(self, outcomes: Iterable[str]) -> Text:
        """One shape per outcome, in the given order."""
        text = Text()
        for outcome, run in groupby(outcomes):
            shape, letter, style = SHAPES[outcome]
            text.append((shape if self._draws_shapes else letter) * len(list(run)), style)
        return text

    def statuses(self, events: Sequence[str]) -> Text:
        """One shape per event; a dot when there is none."""
        return self.strip([LOOKS_LIKE[status] for status in events] or [""])

    def legend(self) -> Text:
        """What the shapes mean."""
        text = Text()
        for outcome, words in WORDS.items():
            text.append_text(self.strip([outcome])).append(f" {words}   ")
        text.rstrip()
        return text

    def cut(self, text: str, columns: int) -> str:
        """`text` cut to at most `columns` columns. The middle is left out, since names differ at their ends.

        Nothing is cut when this is not a terminal. Wide characters take two columns.
        """
        text = printable(text)
        if not self.is_terminal or cell_len(text) <= columns:
            return text
        dots = "…" if self._draws_shapes else "~"
        end = text[-max(1, (columns - 1) * 2 // 3) :]
        while cell_len(end) > max(1, (columns - 1) * 2 // 3):
            end = end[1:]
        start = text[: columns - 1]
        while start and cell_len(start) > columns - 1 - cell_len(end):
            start = start[:-1]
        return start + dots + end


def padded(text: str, columns: int) -> str:
    """`text` with spaces up to `columns` columns."""
    return text + " " * (columns - cell_len(text))


def job_signal(key: str, base: str) -> str:
    """What a signal of the job track is about, in words."""
    return "the job itself" if key == base else "the job's tests"


def counted(number: int, what: str) -> str:
    """How many there are of something whose plural has an s."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def to_the_minute(time: str) -> str:
    """A time in ISO 8601 for people."""
    return time.replace("T", " ")[:16]
