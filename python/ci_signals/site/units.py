"""Numbers in the unit that fits, and links in text: filters of the templates."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

from markupsafe import Markup, escape

# Only these become links, whatever a log holds. A full stop or bracket at the end belongs to the sentence.
_LINK = re.compile(r"https?://[^\s<>\"'`\\]+[^\s<>\"'`\\.,;:!?)\]}]")


def duration(ms: float | None) -> str:
    """A time of `ms` milliseconds for people: 412 µs, 10.4 ms, 296 ms, 1.2 s, 12 min 5 s, 2 h 5 min."""
    if ms is None:
        return "–"
    if not abs(ms) < 1e15:  # a damaged log may hold 1e308 seconds
        return f"{ms:.3g} ms"
    if ms < 0:
        return "-" + duration(-ms)
    if ms == 0:
        return "0 ms"
    if ms < 0.9995:
        return f"{ms * 1000:.0f} µs" if ms >= 0.0005 else "<1 µs"
    if ms < 999.5:
        return f"{ms:.1f} ms" if ms < 99.95 else f"{ms:.0f} ms"
    if ms < 119_950:
        return f"{ms / 1000:.1f} s"
    seconds = round(ms / 1000)
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    minutes = round(ms / 60_000)
    return f"{minutes // 60:,} h {minutes % 60} min"


def size(count: float) -> str:
    """A number of bytes for people: 512 B, 1.2 kB, 3.4 GB."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} TB" if count < 1e6 else f"{count:.3g} TB"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


_MEASURES: dict[str, Callable[[float], str]] = {
    "us": lambda value: duration(value / 1000),
    "ms": duration,
    "s": lambda value: duration(value * 1000),
    "bytes": size,
    "s since 1970": _moment,
    "us since 1970": lambda value: _moment(value / 1e6),
}


def measure(text: str, unit: str) -> str:
    """A value of the unit `us`, `ms`, `s`, `bytes` or `... since 1970` for people; "" when `text` is no
    number or the unit is another."""
    if unit not in _MEASURES:
        return ""
    try:
        value = float(text)
        return _MEASURES[unit](value) if math.isfinite(value) else ""
    except (ValueError, OverflowError, OSError):
        return ""


def links(text: str) -> Markup:
    """Text with its http and https addresses as links; all of it is escaped."""
    if "://" not in text:
        return escape(text)
    parts, end = [], 0
    for found in _LINK.finditer(text):
        parts.append(escape(text[end : found.start()]))
        address = escape(found[0])
        parts.append(Markup('<a href="{0}" rel="noopener noreferrer">{0}</a>').format(address))
        end = found.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)
