"""The pages in Chromium, opened from file://."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from workspace import PROJECT

from ci_signals.site.environment import render_page, write_static
from ci_signals.site.trace_data import TraceCard, TraceData

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
    page.get_by_role("button", name="Total ms").click()
    assert ids(page)[0] == "[12/0]"
    page.get_by_role("button", name="Total ms").click()
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
    frame.get_by_role("link", name="[12/0]").click()
    page.wait_for_url("**/12_0_0/compilation_metrics.html")
    expect(page.get_by_text("post grad pass refused").first).to_be_visible()


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
    card = TraceCard("big", "traces/big/index.html", count, 200, 0, 0, 1.0)
    data = TraceData(card, rows, {}, {}, {}, [], {}, {}, {}, {}, [], [], [], [], [])
    index = tmp_path / "traces" / "big" / "index.html"
    index.parent.mkdir(parents=True)
    index.write_text(render_page("traces/index.html", "../../", data=data), encoding="utf-8")
    write_static(tmp_path)
    assert index.stat().st_size < 5_000_000
    page.goto(index.as_uri())
    expect(page.locator("#found")).to_have_text("10,000 of 10,000")
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
    page.get_by_role("button", name="Total ms").click()
    assert ids(page)[0] == "[9999/0]"
    assert time.perf_counter() - started < 2


def test_no_template_leaves_text_unescaped() -> None:
    templates = (PROJECT / "python/ci_signals/templates/traces").glob("*.html")
    assert all(
        "|safe" not in text and "| safe" not in text for text in (path.read_text() for path in templates)
    )
