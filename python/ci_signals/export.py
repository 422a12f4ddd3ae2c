"""Signals and events as files: JSON lines, Parquet and CSV."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from ci_signals.console import Console
from ci_signals.reader import Reader, select

# Of the files with JSON lines: their schemas, which lie beside this file.
SCHEMAS = {"signals.jsonl": "signals.schema.json", "incidents.jsonl": "incidents.schema.json"}


@dataclass(frozen=True)
class Export:
    """A file and the relation that it is written from.

    columns: the columns of `table` that go into the file. format: name of the engine's format.
    settings: part of the query, because the embedded engine cannot stream with separate settings.
    """

    name: str
    table: str
    columns: str
    order: str
    format: str
    settings: str

    @property
    def query(self) -> str:
        return f"{select(self.columns, self.table, self.order)} settings {self.settings}"


# Small blocks: one signal with 150 commits takes up to a megabyte.
_NESTED = "max_block_size = 64, output_format_parquet_row_group_size = 256"
_CSV = "format_csv_null_representation = ''"
_ALL_BUT_NUMBER = "* except (signal_number)"
# The order of the table, so the engine need not sort.
_EVENT_ORDER = "signal_id, commit_rank, event_number"
INCIDENT = "* except (incident_number)"
_LINE = "key, workflow_name, job_base_name, source, commits"

EXPORTS = (
    Export("build.json", "rpt_window_summary", "*", "as_of", "JSONEachRow", "max_threads = 1"),
    Export("signals.jsonl", "fct_signals_nested", _LINE, "signal_number", "JSONEachRow", _NESTED),
    Export("signals.parquet", "export_nested_signals", _ALL_BUT_NUMBER, "signal_number", "Parquet", _NESTED),
    Export("signals.csv", "export_signals", _ALL_BUT_NUMBER, "signal_number", "CSV", _CSV),
    Export(
        "events.parquet",
        "export_events",
        "*",
        _EVENT_ORDER,
        "Parquet",
        "output_format_parquet_row_group_size = 100000",
    ),
    Export("events.csv", "export_event_lines", "*", _EVENT_ORDER, "CSV", _CSV),
    Export("failures.parquet", "export_failure_texts", "*", _EVENT_ORDER, "Parquet", "max_block_size = 8192"),
    Export("failures.csv", "export_failure_texts", "*", _EVENT_ORDER, "CSV", _CSV),
    Export("incidents.jsonl", "export_incidents", INCIDENT, "incident_number", "JSONEachRow", _NESTED),
)


def write_exports(reader: Reader, output: Path, console: Console) -> list[Path]:
    """Write every file of EXPORTS whose relation exists, and the schemas of JSON lines, to `output`.

    Returns their paths. Raises OSError when a file cannot be written.
    """
    written = [write_export(reader, export, output) for export in EXPORTS if reader.has(export.table)]
    for name in [SCHEMAS[path.name] for path in written if path.name in SCHEMAS]:
        schema = output / name
        schema.write_bytes(files("ci_signals").joinpath(name).read_bytes())
        written.append(schema)
    for path in written:
        console.detail(f"wrote {path.name}")
    return written


def write_export(reader: Reader, export: Export, output: Path) -> Path:
    """Write one file to `output` from its relation, which must exist. Returns the file's path.

    ClickHouse formats the rows. Formatting them in Python took longer than all the SQL.
    """
    path = output / export.name
    with path.open("wb") as file:
        if export.format == "CSV":  # the embedded engine would repeat the header line in every block
            names = select(export.columns, export.table, export.order, limit=0)
            file.write(reader.client.raw_query(names, fmt="CSVWithNames"))
        with reader.stream(export.query, export.format) as rows:
            shutil.copyfileobj(rows, file, 1 << 20)
    return path
