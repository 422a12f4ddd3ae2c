"""The site's index: what fails now, what broke last, what is flaky, which traces failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ci_signals import __version__
from ci_signals.site.data_files import write_file
from ci_signals.site.environment import render_page
from ci_signals.site.home import SignalsCard
from ci_signals.site.quality import QualityCheck


class TraceCard(Protocol):
    """A trace on the index, or the newest run of one. url: relative to the index. rejected: lines that were
    set aside. unfinished: compilations without an end in the log. total_time_ms: compile time of all its
    compilations. trend_url: of its runs; "" for one run."""

    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def compilations(self) -> int: ...
    @property
    def failures(self) -> int: ...
    @property
    def restarts(self) -> int: ...
    @property
    def unfinished(self) -> int: ...
    @property
    def rejected(self) -> int: ...
    @property
    def total_time_ms(self) -> float: ...
    @property
    def runs(self) -> int: ...
    @property
    def trend_url(self) -> str: ...


def render_index(
    output: Path,
    signals: SignalsCard | None,
    traces: Sequence[TraceCard],
    checks: Sequence[QualityCheck] = (),
    has_dictionary: bool = False,
) -> Path:
    """Write `output`/index.html and return its path. A track that was not built is left out.

    Traces and checks are listed in the given order. Raises UserError when `output` cannot be
    written.
    """
    path = output / "index.html"
    page = render_page(
        "index.html",
        "",
        signals=signals,
        server_url=signals.window.server_url if signals else "",
        traces=traces,
        checks=checks,
        has_dictionary=has_dictionary,
        built_at=datetime.now(UTC),
        version=__version__,
    )
    write_file(path, page)
    return path
