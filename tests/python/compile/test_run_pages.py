"""Two runs with a known difference: what the models, the commands and the pages say of it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from workspace import Workspace

from ci_signals.run_words import amount
from ci_signals.site.plots import Point, draw_plot

BEFORE, AFTER = "breaks/day2", "breaks/day3"
PAIR = f"before_trace = '{BEFORE}' and after_trace = '{AFTER}'"
COMPARE = "compare/breaks@day2..breaks@day3.html"
RESUME = "torch_dynamo_resume_in"
CHANGED = [
    ("slower", "data_dep", 19, 22, 8400.011, 11400.011),
    ("recompiled_less", f"{RESUME}_item_break_at_48", 48, None, 2, 1),
    ("cache_gained", f"{RESUME}_data_dep_at_22", 22, 25, 2, 0),
    ("guards_added", "float_tensorify", 63, 66, 9, 13),
    ("new_break_reason", "float_tensorify", 63, 66, 0, 1),
    ("new_failure", "middle", 9, 12, 0, 1),
]


def text(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>|\s+", " ", page.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def changes(traces: Workspace) -> list[dict[str, Any]]:
    return traces.rows(f"select * from rpt_run_changes where {PAIR} order by change_number")


def test_a_plot_has_gaps_and_a_band() -> None:
    def point(value: float | None, spread: float | None = None) -> Point:
        low, high = (None, None) if spread is None or value is None else (value - spread, value + spread)
        return Point(value, low, high, is_changed=False, tip="", url="")

    plot = draw_plot([point(0), point(None), point(50, 10), point(90, 10)])
    # 600 x 150 with 8 at the edges; the upper edge is 100, so 50 is in the middle
    assert plot.top == 100
    assert plot.line == "M8.0 142.0M397.3 75.0L592.0 21.4"
    assert plot.band == "M397.3 61.6L592.0 8.0L592.0 34.8L397.3 88.4Z"
    assert [(dot.x, dot.y) for dot in plot.dots] == [(8.0, 142.0), (397.3, 75.0), (592.0, 21.4)]
    assert draw_plot([point(0)]).dots[0].x == 300
    assert draw_plot([]).line == ""


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "ms", "–"),
        (0, "ms", "0 ms"),
        (9.94, "ms", "9.9 ms"),
        (9.96, "ms", "10 ms"),
        (999.4, "ms", "999 ms"),
        (999.6, "ms", "1.0 s"),
        (45_954.7, "ms", "46.0 s"),
        (1_234_567, "ms", "1,235 s"),
        (-1500, "ms", "-1.5 s"),
        (0.125, "share", "12.5 %"),
        (1234, "", "1,234"),
    ],
)
def test_an_amount_has_the_unit_that_fits(value: float | None, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_every_change_and_no_other_is_found(changes: list[dict[str, Any]]) -> None:
    found = [
        tuple(
            row[key]
            for key in ("change", "function", "before_line", "after_line", "before_value", "after_value")
        )
        for row in changes
    ]
    assert found[:2] == CHANGED[:2]  # they cost or saved most
    assert sorted(found[2:]) == sorted(CHANGED[2:])
    [slower, *_] = changes
    assert slower["phases"] == [{"phase": "inductor", "before_ms": 320.461, "after_ms": 3320.461}]
    texts = {row["change"]: row["texts"] for row in changes if row["texts"]}
    assert texts == {
        "new_failure": ["Unsupported: <b>bad</b>"],
        "new_break_reason": ["Unsupported context manager\n  Explanation: none"],
    }


def test_runs_with_no_difference_beyond_the_limits_have_no_change(traces: Workspace) -> None:
    quiet = "before_trace = 'breaks/day0' and after_trace in ('breaks/day1', 'breaks/day2')"
    assert traces.rows(f"select change, function, change_ms from rpt_run_changes where {quiet}") == []
    same = "before_trace = '04_graph_breaks' and after_trace = 'breaks/day0'"
    assert traces.rows(f"select change from rpt_run_changes where {same}") == []
    totals = f"select measure from rpt_run_totals where {same} and before_value != after_value"
    assert traces.rows(totals) == []


def test_the_trend_marks_what_is_beyond_the_spread(traces: Workspace) -> None:
    rows = traces.rows(
        "select measure, earlier_values, earlier_median, measured, change from rpt_run_trends"
        f" where trace = '{AFTER}' and function_key = '' and change != '' order by measure_number"
    )
    marked = {row["measure"]: (row["earlier_median"], row["measured"], row["change"]) for row in rows}
    assert marked["inductor_ms"][2] == marked["total_ms"][2] == "higher"
    assert marked["failures"] == (1, 2, "higher")
    assert marked["graph_breaks"] == (9, 11, "higher")
    assert marked["compilations"] == (20, 19, "lower")
    assert marked["cache_misses"] == (6, 4, "lower")
    assert "dynamo_ms" not in marked
    assert {len(row["earlier_values"]) for row in rows} == {3}


def test_the_command_prints_what_changed(traces: Workspace, changes: list[dict[str, Any]]) -> None:
    done = traces.signals("traces", "diff", BEFORE, "breaks", check=False)
    assert done.returncode == 1
    lines = [line for line in done.stdout.splitlines() if not line.startswith("    ")]
    assert lines[0] == (
        "slower                +3.0 s  data_dep  /home/other/programs/p04_graph_breaks.py:22"
        "  [6/0]  8.4 s -> 11.4 s; inductor +3.0 s"
    )
    assert len(lines) == len(changes)
    assert f"{BEFORE} -> {AFTER}: 6 changes; compile time 10.7 s -> 13.7 s" in done.stderr
    printed = traces.signals("traces", "diff", BEFORE, AFTER, "--json", check=False).stdout
    assert [json.loads(line) for line in printed.splitlines()] == changes
    same = traces.signals("traces", "diff", "breaks/day0", "04_graph_breaks")
    assert (same.returncode, same.stdout) == (0, "")
    said = traces.refused("traces", "diff", BEFORE, "braeks/day3")
    assert "no trace 'braeks/day3' was built; there is breaks/day3" in said
    assert traces.signals("traces", "diff", "breaks", check=False).stdout == done.stdout
    first = traces.signals("traces", "diff", "breaks/day0", check=False)
    assert (first.returncode, first.stderr) == (3, "error: no data: breaks/day0 has no run before it\n")
    assert "are the same trace" in traces.refused("traces", "diff", AFTER, "breaks")


def test_the_command_lists_runs(traces: Workspace) -> None:
    listed = [json.loads(line) for line in traces.signals("traces", "--json").stdout.splitlines()]
    runs = [row for row in listed if row["trace_name"] == "breaks"]
    assert [row["trace"] for row in runs] == [f"breaks/day{day}" for day in (3, 2, 1, 0)]
    assert runs[0]["labels"] == {"commit": "abc3"}
    assert runs[0]["run_started_at"] == "2026-11-24T17:35:29"
    printed = traces.signals("traces").stdout.splitlines()
    assert len(printed) == len(listed)
    pattern = r"breaks/day3 +2026-11-24 17:35 +\d+ lines +\d+ kB +commit=abc3"
    assert sum(bool(re.fullmatch(pattern, line)) for line in printed) == 1


def test_pages_lead_from_a_run_to_its_name_and_the_run_before(site: Path) -> None:
    run = (site / "traces/breaks@day3/index.html").read_text()
    assert 'href="../../trends/breaks.html"' in run
    assert f'href="../../{COMPARE}"' in run
    assert "commit=abc3<" in run
    assert "torch 2.13.0+cpu" in run
    index = (site / "index.html").read_text()
    assert 'href="traces/breaks@day3/index.html"' in index
    assert "breaks@day2" not in index
    assert '<a class="soft" href="trends/breaks.html">4 runs</a>' in index
    # a trace without runs is where it was, and has no trend
    assert (site / "traces/05_failures/index.html").exists()
    assert [page.name for page in (site / "trends").iterdir()] == ["breaks.html"]
    compared = sorted(page.name for page in (site / "compare").iterdir())
    assert compared == [f"breaks@day{day}..breaks@day{day + 1}.html" for day in range(3)]
    assert "Nothing changed." in text(site / "compare/breaks@day0..breaks@day1.html")


def test_every_link_of_these_pages_leads_somewhere(site: Path) -> None:
    pages = [*(site / "compare").iterdir(), *(site / "trends").iterdir()]
    targets = [
        (page.parent / html.unescape(found)).resolve()
        for page in pages
        for found in re.findall(r'(?:href|src)="([^"#]+)', page.read_text())
    ]
    assert len(targets) > 30
    assert [target for target in targets if not target.exists()] == []


def test_the_pages_of_runs_in_a_browser(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto((site / "trends/breaks.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    figure = page.locator(".series").first
    assert "compile time 13.7 s higher than the median 10.7 s" in figure.inner_text().replace("\n", " ")
    dots = figure.locator("svg .dot")
    assert dots.count() == 4
    tip = dots.nth(3).locator("title").text_content() or ""
    assert tip.splitlines()[:2] == ["day3", "13.7 s"]
    assert "higher: median 10.7 s, MAD 0 ms" in tip
    assert "commit=abc3" in tip
    assert figure.locator(".dot.changed").count() == 1
    assert figure.locator(".values tr").count() == 4
    dots.nth(3).click()
    assert page.url.endswith("traces/breaks@day3/index.html")
    page.get_by_role("link", name="what changed since the run before").click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".changes tbody tr").count() == 6
    assert page.locator(".changes b").filter(has_text="bad").count() == 0  # escaped
    assert page.locator(".bars rect").count() > 5
    page.locator(".changes tbody tr").first.get_by_role("link").first.click()
    assert "traces/breaks@day2/6_0_0/" in page.url
    page.close()
    assert problems == []
