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


def slightly_slower(_: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """Each compilation takes 1 % longer than it did: no change."""
    return metrics | {"duration_us": metrics["duration_us"] * 101 // 100}


def changed(compile_id: str, metrics: dict[str, Any]) -> dict[str, Any] | None:
    """Of 04_graph_breaks: another checkout with three more lines at the top, and what each line here says."""
    metrics["co_filename"] = metrics["co_filename"].replace("/workspace", "/home/other")
    metrics["co_firstlineno"] += 3
    if compile_id == "6/0":  # data_dep: 3 s more, in Inductor's own part
        for key in (
            "duration_us",
            "dynamo_cumulative_compile_time_us",
            "aot_autograd_cumulative_compile_time_us",
            "inductor_cumulative_compile_time_us",
        ):
            metrics[key] += 3_000_000
    elif compile_id == "13/1":  # the resume of item_break is not recompiled
        return None
    elif compile_id == "16/0":  # float_tensorify: a graph break and four guards more
        metrics["restart_reasons"] = ["Unsupported context manager\n  Explanation: none"]
        metrics["guard_count"] += 4
    elif compile_id == "1/0":  # middle fails
        metrics |= {"fail_type": "Unsupported", "fail_reason": "<b>bad</b>"}
    elif compile_id == "7/0":  # the resume of data_dep at 22: the cache is warm
        for kind, count in (("hit", 1), ("miss", 0)):
            metrics[f"inductor_fx_local_cache_{kind}_count"] = count
            metrics[f"aotautograd_local_cache_{kind}_count"] = count
    return metrics
