"""The signals pages: the grid of commits and signals, the page of one signal and that of one commit."""

from __future__ import annotations

from pathlib import Path

from ci_signals.console import Console
from ci_signals.reader import Reader
from ci_signals.site.data_files import write_data, write_file
from ci_signals.site.environment import render_page
from ci_signals.site.home import SignalsCard, read_home
from ci_signals.window import read_window


def has_signals(reader: Reader) -> bool:
    """Whether the signals track was built."""
    return reader.has("rpt_window_summary") and reader.has("page_signals")


def render_signals(reader: Reader, output: Path, console: Console) -> SignalsCard | None:
    """Write `output`/signals: three pages and their data. Returns what the index shows of them.

    Writes nothing and returns None when the page models were not built. Raises UserError when
    `output` cannot be written.
    """
    window = read_window(reader)
    if window is None or not reader.has("page_signals"):
        return None
    folder = output / "signals"
    _write_grid(reader, folder)
    _write_events(reader, folder, console)
    write_data(folder / "data", "commits", reader.json_table("page_commit_details", "commit_rank"))
    pages = (
        ("index.html", "signals_grid.html"),
        ("signal.html", "signal.html"),
        ("commit.html", "commit.html"),
    )
    for page, template in pages:
        write_file(folder / page, render_page(template, "../", window=window, server_url=window.server_url))
    return read_home(reader, window)


def _write_grid(reader: Reader, folder: Path) -> None:
    parts = {
        b"window": reader.json_objects("rpt_window_summary", "as_of"),
        b"workflows": reader.json_objects("rpt_workflow_summary", "workflow_name"),
        b"outcomes": reader.json_objects("cell_outcomes", "outcome"),
        b"states": reader.json_objects("signal_states", "state_order"),
        b"gap_reasons": reader.json_objects("gap_reasons", "reason"),
        b"incidents": reader.json_objects("rpt_incidents", "incident_number"),
        b"commits": reader.json_table("page_commits", "commit_rank"),
        b"signals": reader.json_table("page_signals", "group_order"),
    }
    write_data(folder / "data", "grid", b"{" + b",".join(b'"%s":%s' % part for part in parts.items()) + b"}")


def _write_events(reader: Reader, folder: Path, console: Console) -> None:
    files = reader.rows("page_event_files", "file")
    with console.progress("signal events") as progress:
        progress.start(len(files))
        for file in files:
            write_data(folder / "data", f"events-{file['file']}", file["content"].encode())
            progress.advance()
