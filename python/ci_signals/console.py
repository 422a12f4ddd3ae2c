"""What the commands print: progress on a terminal, plain lines in files and pipes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ci_signals.printable import printable


class Console:
    """Messages on standard error; standard output is for data.

    quiet: print only errors. verbose: print details too.
    """

    def __init__(self, quiet: bool = False, verbose: bool = False) -> None:
        self._rich = RichConsole(stderr=True, highlight=False, emoji=False, soft_wrap=True)
        self._quiet = quiet
        self._verbose = verbose

    def say(self, text: str) -> None:
        if not self._quiet:
            self._rich.print(_safe(text))

    def detail(self, text: str) -> None:
        if self._verbose:
            self._rich.print(_safe(text), style="dim")

    def warn(self, text: str) -> None:
        if not self._quiet:
            self._rich.print(f"[yellow]warning:[/yellow] {_safe(text)}")

    def error(self, text: str) -> None:
        self._rich.print(f"[red]error:[/red] {_safe(text)}")

    @contextmanager
    def progress(self, title: str) -> Iterator[ProgressBar]:
        """Show a progress bar during the block, on a terminal only."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        shown = self._rich.is_terminal and not self._quiet and not self._verbose
        with Progress(*columns, console=self._rich, transient=True, disable=not shown) as bars:
            yield ProgressBar(bars, title)


class ProgressBar:
    """A count of steps; `start` sets their total."""

    def __init__(self, bars: Progress, title: str) -> None:
        self._bars = bars
        self._task = bars.add_task(_safe(title), total=None)

    def start(self, total: int) -> None:
        self._bars.update(self._task, total=total)

    def advance(self, steps: int = 1) -> None:
        self._bars.advance(self._task, steps)

    def describe(self, text: str) -> None:
        self._bars.update(self._task, description=_safe(text))


def _safe(text: str) -> str:
    # messages quote file names, queries and names from the data
    return escape(printable(text, keep="\n\t"))
