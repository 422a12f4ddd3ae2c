"""A budget file: limits that the newest run of a trace has to keep. docs/compile-runs.md describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ci_signals.errors import UserError
from ci_signals.names import near_names

LIMITS = {
    "total_ms": "total_ms",
    "compilations": "compilations",
    "recompiles": "recompiles",
    "recompiles_per_function": "function_recompiles",
    "graph_breaks": "graph_breaks",
    "failures": "failures",
    "restarts": "restarts",
    "cache_miss_share": "cache_miss_share",
}
"""Limits by their key in the file: the measure that may not be above."""

_SLOWER = "slower_than_median"
_LARGEST_FILE = 1 << 20
_LARGEST_NUMBER = 1e15


@dataclass(frozen=True)
class Slower:
    """Total time may not be more than `percent` and `ms` above the median of the last `runs` runs."""

    percent: float
    ms: float
    runs: int


@dataclass(frozen=True)
class Budget:
    """The limits of one trace. name: what was compiled. limits: by key of LIMITS."""

    name: str
    limits: Mapping[str, float]
    slower: Slower | None


def read_budgets(path: Path) -> list[Budget]:
    """The budgets of a file. Raises UserError when it cannot be read or says something else."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE + 1)
        if len(text) > _LARGEST_FILE:
            raise UserError(f"{path} is too large for a budget file")
        document = yaml.safe_load(text)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(f"{path} is not YAML: {str(error)[:300]}") from error
    traces = _mapping(document, str(path), ["traces"]).get("traces")
    if not isinstance(traces, dict) or not traces:
        raise UserError(f"{path} has no traces: write the name of a trace and its limits under traces")
    return [_budget(f"{path}, trace {str(name)[:100]}", str(name), found) for name, found in traces.items()]


def _budget(place: str, name: str, found: Any) -> Budget:
    chosen = _mapping(found, place, [*LIMITS, _SLOWER])
    if not chosen:
        raise UserError(f"{place} has no limits: choose from {', '.join([*LIMITS, _SLOWER])}")
    slower = None
    if _SLOWER in chosen:
        within = f"{place}, {_SLOWER}"
        parts = _mapping(chosen[_SLOWER], within, ["percent", "ms", "runs"])
        runs = _number(parts.get("runs", 10), f"{within}, runs")
        if runs != int(runs) or runs < 1:
            raise UserError(f"{within}, runs has to be a whole number from 1")
        slower = Slower(
            _number(parts.get("percent"), f"{within}, percent"),
            _number(parts.get("ms", 0), f"{within}, ms"),
            int(runs),
        )
    limits = {key: _number(value, f"{place}, {key}") for key, value in chosen.items() if key != _SLOWER}
    if limits.get("cache_miss_share", 0) > 1:
        raise UserError(f"{place}, cache_miss_share is a share from 0 to 1")
    return Budget(name, limits, slower)


def _mapping(found: Any, place: str, known: list[str]) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise UserError(f"{place} is not a list of keys and values: it takes {', '.join(known)}")
    for key in found:
        if key not in known:
            raise UserError(f"{place} has the unknown key {str(key)[:80]!r}{near_names(str(key), known)}")
    return found


def _number(value: Any, place: str) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < _LARGEST_NUMBER:
        return float(value)
    # not the text of a list or mapping: with anchors it can be far longer than the file
    shown = ascii(value)[:40] if isinstance(value, str | int | float) else type(value).__name__
    raise UserError(f"{place} is not a number from 0: {shown}")
