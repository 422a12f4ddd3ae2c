"""Write the whole site from the tables that were built."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ci_signals.console import Console
from ci_signals.output import cannot_write
from ci_signals.reader import Reader
from ci_signals.site.dictionary import read_dictionary, write_dictionary
from ci_signals.site.environment import Part, set_bar, write_static
from ci_signals.site.grid import has_signals, render_signals
from ci_signals.site.index import render_index
from ci_signals.site.quality import QualityCheck
from ci_signals.site.runs import render_runs
from ci_signals.site.trace_data import has_traces
from ci_signals.site.traces import render_traces


def render_site(
    reader: Reader,
    output: Path,
    console: Console,
    checks: Sequence[QualityCheck] = (),
    manifest: Path | None = None,
) -> None:
    """Write static files, the pages of signals and traces, the dictionary and the index to `output`.

    `output` is created if missing. A track without tables is left out; so is the dictionary
    without dbt's `manifest`. Raises UserError when a file cannot be written.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        write_static(output)
    except OSError as error:
        raise cannot_write(output, error) from error
    dictionary = read_dictionary(reader, manifest) if manifest else None
    set_bar(_parts(reader, dictionary is not None))
    signals = render_signals(reader, output, console)
    traces = render_traces(reader, output, console)
    render_runs(reader, output)
    if dictionary:
        write_dictionary(dictionary, output)
    newest = [trace for trace in traces if trace.run_number == 1]
    render_index(output, signals, newest, checks, dictionary is not None)
    if signals is None and not traces:
        console.warn("there is nothing to show yet: load rows or a trace, then run signals build")


def _parts(reader: Reader, has_dictionary: bool) -> list[Part]:
    """The parts of the site that there are."""
    parts = {
        Part("signals", "signals/index.html", ("signal", "commit")): has_signals(reader),
        Part("traces", "index.html#traces", ("traces/",)): has_traces(reader),
        Part("dictionary", "dictionary.html", ("dictionary",)): has_dictionary,
    }
    return [part for part, is_there in parts.items() if is_there]
