"""Plots of a measure over runs, as values that a template draws as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_WIDTH, _HEIGHT, _EDGE = 600.0, 150.0, 8.0


@dataclass(frozen=True)
class Point:
    """A run in a plot. value: None where the run has none; low, high: the range that is expected of it, None
    when too few runs came before. tip: what the dot says."""

    value: float | None
    low: float | None
    high: float | None
    is_changed: bool
    tip: str
    url: str


@dataclass(frozen=True)
class Dot:
    """A run's mark, in the plot's units."""

    x: float
    y: float
    is_changed: bool
    tip: str
    url: str


@dataclass(frozen=True)
class Plot:
    """A plot of `width` x `height` units, from 0 at the bottom to `top` at the top. line, band: SVG paths."""

    width: float
    height: float
    top: float
    line: str
    band: str
    dots: list[Dot]


def draw_plot(points: Sequence[Point]) -> Plot:
    """The plot of points in order of their runs, oldest first."""
    shown = [point.value for point in points if point.value is not None]
    top = max([*shown, *(point.high for point in points if point.high is not None)], default=0.0)
    step = (_WIDTH - 2 * _EDGE) / max(1, len(points) - 1)

    def x(number: int) -> float:
        return round(_EDGE + number * step, 1) if len(points) > 1 else _WIDTH / 2

    def y(value: float) -> float:
        return round(_HEIGHT - _EDGE - max(0.0, value) / (top or 1) * (_HEIGHT - 2 * _EDGE), 1)

    line, pen = [], "M"
    for number, point in enumerate(points):
        if point.value is None:
            pen = "M"  # a run without a value is a gap
        else:
            line.append(f"{pen}{x(number)} {y(point.value)}")
            pen = "L"
    upper = [(x(number), y(point.high)) for number, point in enumerate(points) if point.high is not None]
    lower = [(x(number), y(point.low)) for number, point in enumerate(points) if point.low is not None]
    edges = [f"{left} {height}" for left, height in upper + lower[::-1]]
    return Plot(
        width=_WIDTH,
        height=_HEIGHT,
        top=top,
        line="".join(line),
        band=f"M{'L'.join(edges)}Z" if len(upper) > 1 else "",
        dots=[
            Dot(x(number), y(point.value), point.is_changed, point.tip, point.url)
            for number, point in enumerate(points)
            if point.value is not None
        ],
    )
