"""Words and units for what is measured of runs, and for what changed between two of them."""

from __future__ import annotations

from typing import Any

CHANGES = {
    "new": "new function",
    "gone": "function gone",
    "recompiled_more": "recompiled more",
    "recompiled_less": "recompiled less",
    "slower": "slower",
    "faster": "faster",
    "time_moved": "time moved between phases",
    "cache_lost": "cache hit to miss",
    "cache_gained": "cache miss to hit",
    "new_failure": "new failure",
    "failure_gone": "failure gone",
    "new_break_reason": "new graph break",
    "break_reason_gone": "graph break gone",
    "new_restart": "more restarts",
    "restart_gone": "fewer restarts",
    "guards_added": "guards added",
    "guards_gone": "guards gone",
}
"""What changed between two runs, in words."""

WORSE = {
    *("new", "recompiled_more", "slower", "cache_lost", "new_failure", "new_break_reason", "new_restart"),
    "guards_added",
}
BETTER = {
    *(
        "gone",
        "recompiled_less",
        "faster",
        "cache_gained",
        "failure_gone",
        "break_reason_gone",
        "restart_gone",
    ),
    "guards_gone",
}

MEASURES = {
    "total_ms": "compile time",
    "restarts_ms": "time lost to restarts",
    "dynamo_ms": "Dynamo",
    "backward_ms": "backward",
    "aot_autograd_ms": "AOT autograd",
    "inductor_ms": "Inductor",
    "code_generation_ms": "code generation",
    "autotuning_ms": "autotuning at run time",
    "cuda_graphs_ms": "recording CUDA graphs",
    "unattributed_ms": "unattributed",
    "compilations": "compilations",
    "recompiles": "recompiles",
    "graph_breaks": "graph breaks",
    "failures": "failures",
    "restarts": "restarts",
    "unfinished": "compilations without an end",
    "guards": "guards",
    "cache_hits": "cache hits",
    "cache_misses": "cache misses",
    "cache_miss_share": "share of cache misses",
    "function_ms": "compile time",
    "function_recompiles": "recompiles",
}
"""What is measured of runs, in words."""

_UNITS = {"slower": "ms", "faster": "ms", "time_moved": "ms"}


def labels_text(labels: dict[str, str]) -> str:
    """A run's labels in one line."""
    return " ".join(f"{key}={value}" for key, value in labels.items())


def trend_url(name: str) -> str:
    """The page of a name's trend, below the site's folder."""
    return f"trends/{name}.html"


def amount(value: float | None, unit: str, sign: bool = False) -> str:
    """A value in the unit that fits: 296 ms, 1.2 s, 12.5 %, 1,234. `sign`: with + or -."""
    if value is None:
        return "–"
    plus = "+" if sign and value > 0 else ""
    if unit == "ms":
        size = abs(value)
        if size >= 999.5:
            return f"{plus}{value / 1000:,.{1 if size < 99_950 else 0}f} s"
        return f"{plus}{value:.{0 if size >= 9.95 or not value else 1}f} ms"
    if unit == "share":
        return f"{plus}{value * 100:.1f} %"
    return f"{plus}{value:,.0f}"


def phase_change(phase: dict[str, Any]) -> str:
    """How much a phase of a change took more or less."""
    difference = amount(phase["after_ms"] - phase["before_ms"], "ms", sign=True)
    return f"{phase['phase'].replace('_', ' ')} {difference}"


def change_sides(change: dict[str, Any]) -> tuple[str, str]:
    """What a change is from and to."""
    unit = _UNITS.get(change["change"], "")
    return amount(change["before_value"], unit), amount(change["after_value"], unit)
