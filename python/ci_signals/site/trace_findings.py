"""Pages about a trace as a whole: advice, ranks, the tree of stacks, torch's own spans."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ci_signals.output import cannot_write
from ci_signals.reader import Reader, select
from ci_signals.site.data_files import write_data, write_file
from ci_signals.site.environment import render_page

_ROOT = "../../"
_PIECE = 1 << 20


@dataclass(frozen=True)
class TraceFindings:
    """What a trace's index says of these pages; rows are dictionaries of column names.

    advice: dearest first. ranks: none for a trace of one rank. divergence: where ranks part first.
    """

    trace: str
    advice: list[dict[str, Any]]
    ranks: list[dict[str, Any]]
    divergence: list[dict[str, Any]]
    waits: list[dict[str, Any]]


def read_ranks(reader: Reader) -> dict[str, list[dict[str, Any]]]:
    """The ranks of the traces that have several, by trace."""
    ranks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in reader.rows("rpt_ranks", "trace, rank"):
        ranks[row["trace"]].append(row)
    return dict(ranks)


def read_findings(reader: Reader, trace: str, ranks: list[dict[str, Any]]) -> TraceFindings:
    """The findings of a trace; `ranks` are its own, none for a trace of one rank."""

    def rows(table: str, order: str) -> list[dict[str, Any]]:
        return reader.rows(table, order, "trace = {trace:String}", trace=trace)

    return TraceFindings(
        trace=trace,
        advice=rows("rpt_advice", "advice_number"),
        ranks=ranks,
        divergence=rows("rpt_rank_divergence", "divergence_number") if ranks else [],
        waits=rows("rpt_rank_waits", "wait_number") if ranks else [],
    )


def write_findings(reader: Reader, findings: TraceFindings, folder: Path) -> None:
    """Write the pages to the trace's folder, and chromium_events.json, with one more file per rank
    where there are several. Raises UserError when a file cannot be written."""

    def rows(table: str, order: str) -> list[dict[str, Any]]:
        return reader.rows(table, order, "trace = {trace:String}", trace=findings.trace)

    _write_page(folder / "advice.html", findings=findings)
    _write_page(folder / "stacks.html", findings=findings, nodes=rows("rpt_stack_trie", "node_number"))
    _write_page(folder / "spans.html", findings=findings)
    spans = rows("rpt_torch_spans", "span_number")
    write_data(folder / "data", "spans", json.dumps(spans).encode())
    if findings.ranks:
        _write_page(folder / "ranks.html", findings=findings)
    _write_events(reader, findings, folder)


def events_name(rank: int) -> str:
    """The file of one rank's events in a trace of several ranks."""
    return f"chromium_events_rank_{rank}.json"


def _write_events(reader: Reader, findings: TraceFindings, folder: Path) -> None:
    """The events of all ranks as one JSON array, streamed, and those of each rank as another."""
    order = "rank, source_number, position"
    trace = "trace = {trace:String}"
    files: list[tuple[str, str, dict[str, int]]] = [("chromium_events.json", trace, {})]
    for row in findings.ranks:
        if row["compilations"]:
            of_rank = f"{trace} and rank = {{rank:Int64}}"
            files.append((events_name(row["rank"]), of_rank, {"rank": row["rank"]}))
    for name, where, parameters in files:
        query = select("event_json", "export_chromium_events", order, where)
        with reader.stream(query, "TSVRaw", trace=findings.trace, **parameters) as lines:
            _write_array(lines, folder / name)


def _write_array(lines: IO[bytes], path: Path) -> None:
    """Write lines of JSON as an array."""
    try:
        with path.open("wb") as file:
            before = b"[\n"
            while piece := lines.read(_PIECE):
                whole = piece.endswith(b"\n")
                file.write(before + piece.removesuffix(b"\n").replace(b"\n", b",\n"))
                before = b",\n" if whole else b""
            file.write(before.replace(b",", b"") + b"]\n")
    except OSError as error:
        raise cannot_write(path, error) from error


def _write_page(path: Path, **values: Any) -> None:
    write_file(path, render_page(f"traces/{path.name}", _ROOT, **values))
