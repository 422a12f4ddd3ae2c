"""Another run of a program, made from the log of a real one: what changed is known to the last ms."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Edit = Callable[[str, dict[str, Any]], dict[str, Any] | None]
"""Takes a compile id such as 13/1 and its metrics; returns other metrics, or None to leave them out."""

_KEY = "compilation_metrics"


def write_edited(log: Path, to: Path, edit: Edit, days: int = 0) -> Path:
    """Write `log` to `to`, with its metrics edited and all of them `days` later."""
    left_out: set[tuple[int, int]] = set()
    kept: list[str] = []
    records: list[tuple[str, dict[str, Any] | None, list[str]]] = []
    for line in gzip.decompress(log.read_bytes()).decode().splitlines(keepends=True):
        if line.startswith("\t"):
            records[-1][2].append(line)
            continue
        head, found, text = line.partition("] {")
        records.append((head, json.loads("{" + text) if found else None, []))
    for _, record, _ in records:
        if record and _KEY in record:
            metrics = edit(record[_KEY]["compile_id"], record[_KEY])
            if metrics is None:
                left_out.add((record["frame_id"], record["frame_compile_id"]))
            else:
                metrics["start_time_us"] += days * 86_400_000_000
                metrics["start_time"] += days * 86_400
                record[_KEY] = metrics
    for head, record, payload in records:
        if record and (record.get("frame_id"), record.get("frame_compile_id")) not in left_out:
            kept += [f"{head}] {json.dumps(record)}\n", *payload]
    to.write_text("".join(kept))
    return to


def unedited(_: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """The metrics as they are."""
    return metrics
