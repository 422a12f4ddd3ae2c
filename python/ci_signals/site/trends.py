"""trends/<name>.html: how the runs of a trace developed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci_signals.reader import Reader
from ci_signals.run_words import MEASURES, amount, trend_url
from ci_signals.site.data_files import write_file
from ci_signals.site.environment import render_page
from ci_signals.site.plots import Plot, Point, draw_plot
from ci_signals.site.run_rows import RunRow, run_row

_FUNCTIONS = 10
_RECOMPILES = "function_recompiles"
_MARKED = {"higher", "lower"}


@dataclass(frozen=True)
class RunValue:
    """A row of the table beside a plot. change: higher, lower, "" or unknown, as in rpt_run_trends."""

    run: RunRow
    value: str
    change: str


@dataclass(frozen=True)
class Series:
    """A measure over the runs of a name, or of one function in them. place: the function's file. top: the
    plot's upper edge. values: newest first. newest, median, change: of the newest run."""

    title: str
    is_of_function: bool
    place: str
    plot: Plot
    top: str
    values: list[RunValue]
    newest: str
    median: str
    change: str


def write_trend(
    reader: Reader, output: Path, name: str, rows: list[dict[str, Any]], pages: dict[str, dict[str, Any]]
) -> None:
    """Write the page of a name. rows: its rows of dim_traces, newest first. pages: as in run_row."""
    trends = reader.rows(
        "rpt_run_trends",
        "measure_number, measure, function_number, run_number",
        "trace_name = {name:String} and function_number <= {functions:UInt64}",
        name=name,
        functions=_FUNCTIONS,
    )
    listed = [run_row(row, pages) for row in rows]
    measured: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for trend in trends:
        measured[trend["measure"], trend["file_key"], trend["function_key"]].append(trend)
    series = [
        _series(points, listed) for points in measured.values() if any(_is_shown(point) for point in points)
    ]
    series.sort(key=lambda one: one.is_of_function)
    page = render_page(
        "traces/trend.html",
        "../",
        name=name,
        runs=listed,
        changed=[one for one in series if one.change in _MARKED],
        of_runs=[one for one in series if not one.is_of_function],
        of_functions=[one for one in series if one.is_of_function],
    )
    write_file(output / trend_url(name), page)


def _is_shown(point: dict[str, Any]) -> bool:
    """Whether a value makes its series worth a plot: any but 0; of a function's recompiles a change."""
    return bool(point["measured"] and (point["measure"] != _RECOMPILES or point["change"] in _MARKED))


def _series(points: list[dict[str, Any]], runs: list[RunRow]) -> Series:
    by_number = {point["run_number"]: point for point in points}
    any_point, newest = points[0], by_number.get(1, {})
    unit, measure = any_point["unit"], MEASURES[any_point["measure"]]
    values = []
    for number, run in enumerate(runs, start=1):
        point = by_number.get(number, {})
        values.append(RunValue(run, amount(point.get("measured"), unit), point.get("change", "")))
    plot = draw_plot(
        [_point(value, by_number.get(number), unit) for number, value in enumerate(values, start=1)][::-1]
    )
    return Series(
        title=f"{any_point['function_key']}: {measure}" if any_point["function_key"] else measure,
        is_of_function=bool(any_point["function_key"]),
        place=any_point["file_key"],
        plot=plot,
        top=amount(plot.top, unit),
        values=values,
        newest=amount(newest.get("measured"), unit),
        median=amount(newest.get("earlier_median"), unit),
        change=newest.get("change", ""),
    )


def _point(value: RunValue, row: dict[str, Any] | None, unit: str) -> Point:
    run = value.run
    if row is None:
        return Point(None, None, None, False, "", run.url)
    median, mad = row["earlier_median"], row["earlier_mad"]
    parts = [run.title, value.value]
    if median is not None:
        parts.append(
            f"{value.change or 'as expected'}: median {amount(median, unit)}, MAD {amount(mad, unit)}"
        )
    parts += [run.started_at, run.labels]
    return Point(
        value=row["measured"],
        low=None if median is None else max(0.0, median - mad),
        high=None if median is None else median + mad,
        is_changed=value.change in _MARKED,
        tip="\n".join(filter(None, parts)),
        url=run.url,
    )
