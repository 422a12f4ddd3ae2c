"""The pages of the traces: site/traces/<trace>/..."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from ci_signals.console import Console, ProgressBar
from ci_signals.reader import Reader
from ci_signals.site.data_files import write_file
from ci_signals.site.environment import render_page
from ci_signals.site.trace_data import TraceCard, TraceData, read_cards, read_shared, read_trace
from ci_signals.site.trace_findings import TraceFindings, read_findings, read_ranks, write_findings
from ci_signals.site.trace_names import is_safe
from ci_signals.site.trace_picture import write_picture

__all__ = ["TraceCard", "render_traces"]


def render_traces(reader: Reader, output: Path, console: Console) -> list[TraceCard]:
    """Write the pages of all traces to `output`/traces, and remove a trace's pages when the trace is gone.

    Returns one card per trace, traces with failures first; none when the compile models were
    never built. Raises UserError when `output` cannot be written.
    """
    if not reader.has("dim_traces"):
        return []
    pages = output / "traces"
    shutil.rmtree(pages, ignore_errors=True)
    pages.mkdir(parents=True)
    cards = []
    for card in read_cards(reader):
        if is_safe(card.name):
            cards.append(card)
        else:  # written by another program: `signals load trace` refuses such a name
            console.warn(f"trace {card.name!r} gets no pages: its name cannot be a folder's")
    keys = reader.rows("metric_keys", "position") if cards else []
    heads, unusual = read_shared(reader)
    ranks = read_ranks(reader) if cards else {}
    with console.progress("trace pages") as progress:
        progress.start(sum(card.compilations for card in cards))
        for card in cards:
            folder = output / Path(card.url).parent
            data = read_trace(reader, card, heads.get(card.name), unusual.get(card.name, []))
            findings = read_findings(reader, card.name, ranks.get(card.name, []))
            _write_trace(data, findings, folder, progress)
            write_findings(reader, findings, folder)
            if data.ranks:
                write_picture(reader, data, folder)
            _write(folder / "metric_keys.html", "traces/metric_keys.html", "../../", card=card, keys=keys)
    return cards


def _write_trace(data: TraceData, findings: TraceFindings, folder: Path, progress: ProgressBar) -> None:
    names = {page: row["display_name"] for row in data.compilations for page in row["pages"]}
    root = "../../"
    _write(folder / "index.html", "traces/index.html", root, data=data, findings=findings)
    _write(folder / "failures_and_restarts.html", "traces/failures.html", root, data=data, names=names)
    if data.rejected:
        _write(folder / "rejected_lines.html", "traces/rejected.html", root, data=data)
    directory = {row["directory"]: directory_entry(row) for row in data.compilations}
    write_file(folder / "compile_directory.json", json.dumps(directory, indent=1))
    for config in data.configs:
        _write_config(folder, data.card.name, config)
    for row in data.compilations:
        for page in row["pages"]:
            _write_metrics(folder, page, row, data)
        progress.advance()


def directory_entry(row: dict[str, Any]) -> dict[str, Any]:
    """A compilation in compile_directory.json: its summary, and its pages for the viewer. Times in ms."""
    return {
        "display_name": row["display_name"],
        "status": row["status"],
        "metrics_summary": {
            "status": row["status"],
            "total_time_ms": row["total_ms"],
            "backend_time_ms": row["backend_ms"],
            "cache_status": row["cache_status"],
        },
        "artifacts": [
            {"name": page.rsplit("/", 1)[1], "url": page, "lazy_loader": "loader.renderMetrics"}
            for page in row["pages"]
        ],
    }


def _write_metrics(folder: Path, page: str, row: dict[str, Any], data: TraceData) -> None:
    metrics = data.metrics.get(page)
    _write(
        folder / page,
        "traces/metrics.html",
        "../../../",
        trace=data.card.name,
        page=page,
        row=row,
        metrics=metrics,
        kind=metrics["kind"] if metrics else "no metrics",
        events=data.events_by_page.get(page, []),
        ledger=data.ledger.get(page, []),
        stack_text=data.stacks.get((row["rank"], row["compile_base"], row["occurrence"]), ""),
        groups=data.values.get(page, []),
        unusual=data.unusual.get(page, []),
        specializations=data.specializations.get(row["directory"], []),
        guards=data.guards.get(row["directory"], []),
    )


def _write_config(folder: Path, trace: str, config: dict[str, Any]) -> None:
    try:
        text = json.dumps(json.loads(config["config_json"]), indent=2, ensure_ascii=False)
    except ValueError:
        text = config["config_json"]
    _write(
        folder / config["config_page"],
        "traces/config.html",
        "../../../",
        trace=trace,
        config=config,
        text=text,
    )


def _write(path: Path, template: str, root: str, **values: Any) -> None:
    write_file(path, render_page(template, root, **values))
