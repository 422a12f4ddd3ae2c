"""The whole site, from the finished tables there are."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.site.environment import write_static
from ci_signals.site.index import TraceCard, render_index
from ci_signals.site.signals import render_signals
from ci_signals.warehouse import Client


def render_site(client: Client, database: str, output: Path, console: Console) -> None:
    """Write static files, the signals pages, the traces' pages and the index to `output`.

    `output` is made if missing; a track without tables is left out. Raises UserError
    when it cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        write_static(output)
    except OSError as error:
        raise UserError(
            f"cannot write {output}: {error.strerror or error}; choose another --output"
        ) from error
    signals = render_signals(client, database, output, console)
    traces = _traces(client, database, output, console)
    render_index(output, signals, traces)
    if signals is None and not traces:
        console.warn("there is nothing to show yet: load rows or a trace, then run signals build")


def _traces(client: Client, database: str, output: Path, console: Console) -> Sequence[TraceCard]:
    if importlib.util.find_spec("ci_signals.site.traces") is None:
        return []
    traces = importlib.import_module("ci_signals.site.traces")
    cards: Sequence[TraceCard] = traces.render_traces(client, database, output, console)
    return cards
