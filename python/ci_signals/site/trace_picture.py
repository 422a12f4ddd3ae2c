"""The data of a trace's picture: its records on a time axis, and side by side by function."""

from __future__ import annotations

import json
from pathlib import Path

from ci_signals.reader import Reader
from ci_signals.site.data_files import write_data
from ci_signals.site.trace_words import PHASES


def write_picture(reader: Reader, trace: str, folder: Path) -> None:
    """Write `folder`/data/picture.js: phases as [name, title], functions and records as tables.

    Raises UserError when it cannot be written.
    """

    def table(name: str, order: str) -> bytes:
        return reader.json_table(name, order, "trace = {trace:String}", trace=trace)

    phases = json.dumps(list(PHASES.items())).encode()
    functions = table("page_trace_functions", "function_number")
    records = table("page_trace_timeline", "offset_ms, record_number")
    value = b'{"phases":' + phases + b',"functions":' + functions + b',"records":' + records + b"}"
    write_data(folder / "data", "picture", value)
