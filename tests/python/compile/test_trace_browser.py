"""The pages in Chromium, opened from file://."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from workspace import PROJECT

from ci_signals.site.data_files import write_data
from ci_signals.site.environment import render_page, write_static
from ci_signals.site.trace_data import TraceCard, TraceData
from ci_signals.site.trace_words import PHASES
from ci_signals.site.units import duration

TRAP = "window.alert = () => { window.hit = true; }; window.hit = false;"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.add_init_script(TRAP)
    yield page
    page.close()
    assert problems == []


def ids(page: Page) -> list[str]:
    return page.locator("#directory tbody tr td:first-child a").all_inner_texts()


def test_search_filter_and_sort(page: Page, site: Path) -> None:
    page.goto((site / "traces/05_failures/index.html").as_uri())
    assert len(ids(page)) == 19
    page.get_by_label("Search").fill("flaky")
    expect(page.locator("#found")).to_have_text("4 of 19")
    page.get_by_label("Status").select_option("failure")
    assert ids(page) == ["[13/1]", "[13/2]"]
    page.get_by_label("Search").fill("")
    page.get_by_role("button", name="Total").click()
    assert ids(page)[0] == "[12/0]"
    page.get_by_role("button", name="Total").click()
    assert ids(page)[-1] == "[12/0]"
    page.get_by_label("Status").select_option("")
    page.get_by_role("button", name="Id", exact=True).click()
    assert ids(page)[:3] == ["[0/0]", "[1/0]", "[2/0]"]


def test_a_row_opens_its_page_with_the_keyboard(page: Page, site: Path) -> None:
    page.goto((site / "traces/03_dynamic_shapes/index.html").as_uri())
    assert page.locator("iframe").count() == 0
    page.get_by_role("button", name="Details of [1/2]").focus()
    page.keyboard.press("Enter")
    detail = page.frame_locator("tr.detail iframe")
    expect(detail.get_by_role("heading", name="Guards added fast")).to_be_visible()
    assert (
        detail.locator("body").evaluate("body => getComputedStyle(body).fontFamily").startswith("system-ui")
    )
    page.keyboard.press("Enter")
    assert page.locator("iframe").count() == 0


def test_the_failure_list_is_loaded_when_it_is_opened(page: Page, site: Path) -> None:
    page.goto((site / "traces/05_failures/index.html").as_uri())
    assert page.locator("iframe").count() == 0
    page.get_by_text("Failures and restarts").click()
    frame = page.frame_locator("#failures iframe")
    expect(frame.locator("#events tbody tr")).to_have_count(15)
    assert not frame.locator(".site-header").is_visible()
    frame.get_by_role("link", name="[12/0]").first.click()
    page.wait_for_url("**/12_0_0/compilation_metrics.html")
    expect(page.get_by_text("post grad pass refused").first).to_be_visible()


# How many points of a canvas have the colour of a phase.
POINTS = """([id, phase]) => {
    const canvas = document.getElementById(id);
    const probe = document.createElement("canvas").getContext("2d");
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(`--phase-${phase}`).trim();
    probe.fillRect(0, 0, 1, 1);
    const wanted = probe.getImageData(0, 0, 1, 1).data.join();
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data.slice(at, at + 4).join() === wanted) count += 1;
    return count;
}"""


def wait_for_points(page: Page, phase: str, holds: Callable[[int], bool]) -> None:
    """Wait until the timeline is drawn anew; the policy of the page refuses Playwright's own waiting."""
    for _ in range(50):
        if holds(page.evaluate(POINTS, ["timeline", phase])):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the timeline's {phase} did not change")


def test_the_picture_of_a_run_draws_finds_zooms_and_opens(page: Page, site: Path) -> None:
    page.goto((site / "traces/06_backward/index.html").as_uri())
    expect(page.locator("#picture[data-ready]")).to_be_visible()
    for phase in ("dynamo", "aot_autograd", "code_generation"):
        assert page.evaluate(POINTS, ["icicle", phase]) > 20, phase
        assert page.evaluate(POINTS, ["timeline", phase]) > 5, phase
    timeline, now = page.locator("#timeline"), page.locator("#picture-now")
    timeline.focus()
    page.keyboard.press("Home")
    expect(now).to_contain_text("[0/0] inner")
    expect(now).to_contain_text("began 0 ms after the first")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    chosen = now.inner_text()
    assert not chosen.startswith("[0/0]")
    page.wait_for_timeout(200)  # the mark of the chosen one is drawn with the next frame
    dynamo = page.evaluate(POINTS, ["timeline", "dynamo"])
    for _ in range(6):
        page.keyboard.press("+")
    wait_for_points(page, "dynamo", lambda points: points != dynamo)
    page.keyboard.press("Escape")
    wait_for_points(page, "dynamo", lambda points: points == dynamo)
    page.get_by_label("Find").fill("no such function")
    expect(page.locator("#picture-found")).to_have_text("0 of 11")
    wait_for_points(page, "dynamo", lambda points: points == 0)
    page.get_by_label("Find").fill("")
    page.locator("#icicle").focus()
    for key in ("Home", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    opened = now.inner_text().split()[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/*_metrics.html")
    expect(page.locator("h1")).to_contain_text(opened)


def test_a_click_in_the_picture_opens_the_metrics(page: Page, site: Path) -> None:
    page.goto((site / "traces/12_multirank/index.html").as_uri())
    expect(page.locator("#picture[data-ready]")).to_be_visible()
    box = page.locator("#timeline").bounding_box()
    assert box is not None
    # the long compilation of rank 0, in the first of two lanes
    page.locator("#timeline").hover(position={"x": box["width"] / 2, "y": 44})
    expect(page.locator("#picture-tip")).to_contain_text("[5/0] ind")
    page.locator("#timeline").click(position={"x": box["width"] / 2, "y": 44})
    page.wait_for_url("**/rank_0_5_0_0/compilation_metrics.html")


def test_times_in_scripts_are_those_of_pages(page: Page, site: Path) -> None:
    page.goto((site / "traces/06_backward/index.html").as_uri())
    times = [0, 0.0001, 0.412, 0.9996, 1, 10.44, 99.96, 296, 999.6, 45954.7, 119_950, 725_000, 7_500_000, -5]
    shown = page.evaluate("times => times.map(globalThis.ciSignals.duration)", times)
    assert shown == [duration(time) for time in times]


def test_hostile_text_runs_no_script(page: Page, site: Path) -> None:
    folder = site / "traces/10_unicode_html"
    page.goto((folder / "index.html").as_uri())
    page.get_by_text("Failures and restarts").click()
    expect(page.frame_locator("#failures iframe").locator("#events tbody tr")).to_have_count(6)
    for button in page.locator(".toggle").all():
        button.click()
    assert page.evaluate("window.hit") is False
    for path in [*folder.glob("*.html"), *folder.glob("*/*.html")]:
        page.goto(path.as_uri())
        assert page.evaluate("window.hit") is False, path
        assert page.locator("script:not([src]), img, h1 ~ h1").count() == 0, path


def test_pages_work_without_scripts(browser: Browser, site: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto((site / "traces/05_failures/index.html").as_uri())
    assert page.locator("#directory tbody tr").count() == 19
    page.get_by_text("Failures and restarts").click()
    page.get_by_role("link", name="View Details").click()
    assert page.locator("#events tbody tr").count() == 15
    page.locator("#events tbody a").first.click()
    assert page.locator("h1").inner_text().startswith("[0/0]")
    page.close()


def test_a_phone_does_not_scroll_sideways(browser: Browser, site: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    for path in ["05_failures/index.html", "03_dynamic_shapes/1_2_0/compilation_metrics.html"]:
        page.goto((site / "traces" / path).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.close()


def test_ten_thousand_ids_are_small_and_quick(page: Page, tmp_path: Path) -> None:
    count = 10_000
    rows = [
        {
            "compilation_key": f"big/{number}_0_0",
            "display_name": f"[{number}/0]",
            "directory": f"{number}_0_0",
            "pages": [f"{number}_0_0/compilation_metrics.html"],
            "rank": None,
            "occurrence": 1,
            "status": "failure" if number % 50 == 0 else "success",
            "function": f"torch_dynamo_resume_in_forward_at_{number}",
            "function_file": "/opt/venv/lib/python3.11/site-packages/models/transformer/modeling_layers.py",
            "function_line": number,
            "total_ms": number * 1.5,
            "backend_ms": number * 0.5,
            "backward_ms": None,
            "cache_status": "miss",
        }
        for number in range(count)
    ]
    names = ["function_number", "function", "function_file", "function_line"]
    functions = [
        names,
        *([number, f"forward_{number}", f"layer_{number % 60}.py", 7] for number in range(700)),
    ]
    names = ["record_number", "page", "display_name", "function_number", "rank", "thread", "is_failure"]
    names += ["restarts", "start_ms", "offset_ms", "total_ms", "phase_ms"]
    phases = [0, 12, 0, 5, 4, 9, 0, 0, 0]
    records = [
        [
            *(number, f"{number}_0_0/compilation_metrics.html", f"[{number}/0]", number * 7 // 100),
            *("", "", number % 50 == 0, 0, number * 31.5, number * 30, 30, phases),
        ]
        for number in range(count)
    ]
    picture = {"phases": list(PHASES.items()), "functions": functions, "records": [names, *records]}
    write_data(tmp_path / "traces" / "big" / "data", "picture", json.dumps(picture).encode())
    card = TraceCard("big", "traces/big/index.html", count, 200, 0, 0, 1.0)
    rank: dict[str, Any] = {"rank": None, "total_ms": 1.0, "phases": []}
    data = TraceData(card, rows, {}, {}, {}, [], {}, {}, {}, {}, [], [], [], [], [], [], None, [rank], [], {})
    index = tmp_path / "traces" / "big" / "index.html"
    index.write_text(render_page("traces/index.html", "../../", data=data), encoding="utf-8")
    write_static(tmp_path)
    assert index.stat().st_size < 5_000_000
    page.goto(index.as_uri())
    expect(page.locator("#found")).to_have_text("10,000 of 10,000")
    expect(page.locator("#picture[data-ready]")).to_be_visible()
    assert page.evaluate("performance.now()") < 6000  # 1.2 s on a quiet machine of two cores
    zoom = """() => new Promise(resolve => {
        const canvas = document.getElementById("timeline");
        const start = performance.now();
        let left = 30;
        const turn = () => {
            if (left-- === 0) return resolve((performance.now() - start) / 30);
            canvas.dispatchEvent(new KeyboardEvent("keydown", { key: left % 10 < 5 ? "+" : "-" }));
            requestAnimationFrame(turn);
        };
        turn();
    })"""
    assert page.evaluate(zoom) < 100  # ms a frame
    search = """text => {
        const box = document.getElementById("search");
        const start = performance.now();
        box.value = text;
        box.dispatchEvent(new Event("input"));
        document.body.getBoundingClientRect();
        return performance.now() - start;
    }"""
    for text in ["resume", "at_99", "[1234/0]", "", "nothing like it", "modeling 77"]:
        assert page.evaluate(search, text) < 200, text
    page.get_by_label("Search").fill("")
    started = time.perf_counter()
    page.get_by_role("button", name="Total").click()
    assert ids(page)[0] == "[9999/0]"
    assert time.perf_counter() - started < 2


def test_no_template_leaves_text_unescaped() -> None:
    templates = (PROJECT / "python/ci_signals/templates/traces").glob("*.html")
    assert all(
        "|safe" not in text and "| safe" not in text for text in (path.read_text() for path in templates)
    )
