"""The data of a trace's picture: its records on a time axis, and side by side by function."""

from __future__ import annotations

import json
from pathlib import Path

from ci_signals.reader import Reader
from ci_signals.site.data_files import write_data
from ci_signals.site.trace_data import TraceData
from ci_signals.site.trace_words import PHASES

_FUNCTION = ("function_number", "function", "function_file", "function_line")


def write_picture(reader: Reader, data: TraceData, folder: Path) -> None:
    """Write `folder`/data/picture.js: phases as [name, title], functions and records as tables.

    Raises UserError when it cannot be written.
    """
    phases = json.dumps(list(PHASES.items())).encode()
    functions = json.dumps([_FUNCTION, *([row[name] for name in _FUNCTION] for row in data.functions)])
    records = reader.json_table(
        "page_trace_timeline",
        "offset_ms, record_number",
        "trace = {trace:String}",
        trace=data.card.name,
    )
    value = b'{"phases":' + phases + b',"functions":' + functions.encode() + b',"records":' + records + b"}"
    write_data(folder / "data", "picture", value)
