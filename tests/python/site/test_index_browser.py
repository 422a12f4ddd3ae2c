"""The site's index, and what assistive technology finds on every page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import open_ready
from playwright.sync_api import Page, expect

from ci_signals.site.environment import write_static
from ci_signals.site.index import render_index


@dataclass(frozen=True)
class Trace:
    name: str
    url: str = "traces/t/index.html"
    compilations: int = 12
    failures: int = 0
    restarts: int = 0
    rejected: int = 0
    total_time_ms: float = 1234.5


def test_index_lists_what_is_red_what_broke_and_what_is_flaky(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    expect(page.locator(".tile").first).to_have_text("5 failing now")
    red = page.locator("section", has=page.get_by_role("heading", name="Red now"))
    expect(red.locator("li")).to_have_count(5)
    unseen = page.locator("section", has=page.get_by_role("heading", name="Failing, not seen since"))
    expect(unseen.locator("li")).to_contain_text("test_hook_order_under_threads")
    expect(unseen.locator("li")).to_contain_text("No verdict since: 24 newer commits")
    why = page.locator("section", has=page.get_by_role("heading", name="Why"))
    expect(why.locator("li").first).to_contain_text("AssertionError: Tensor-likes are not close!")
    expect(why.locator("li").first).to_contain_text("2 failing now")
    broke = page.locator("section", has=page.get_by_role("heading", name="Broke last"))
    expect(broke.locator("li", has_text="Fuse pointwise")).to_contain_text("7 signals first failed here")
    red.get_by_role("link").first.click()
    expect(page.locator(".lead")).to_contain_text("failing: failed on the newest commit with a verdict")


def test_index_ties_both_tracks(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    rows = page.locator("#traces tbody tr")
    assert rows.count() >= 4
    expect(rows.first.locator("b.failure")).to_be_visible()
    rows.first.get_by_role("link").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page).to_have_url(re.compile("/traces/"))


def test_index_says_when_the_raw_rows_are_sound(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    quality = page.locator("#quality")
    expect(quality.locator("summary")).to_have_text("All 6 checks of the raw rows are within their limits")
    expect(quality.locator("table")).to_be_hidden()
    quality.locator("summary").click()
    expect(quality.locator("tbody tr").nth(1)).to_contain_text("240 s")
    quality.get_by_role("link", name="rpt_merged_base_names").first.click()
    expect(page.locator("[id='rpt_merged_base_names'] dl")).to_be_visible()


def test_search_filters_the_page_and_leads_to_the_grid(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    page.get_by_label("Search").fill("causal mask")
    expect(page.locator("[data-search]:visible").first).to_contain_text("causal mask")
    page.get_by_label("Search").fill("no line says this")
    expect(page.locator("#search-note")).to_contain_text("0 of")
    page.get_by_label("Search").fill("gcc11 build")
    expect(page.locator("#search-note")).to_contain_text("1 of")
    page.get_by_label("Search").press("Enter")
    expect(page.locator("#shown")).to_have_text("1 of 21 signals")


def test_index_of_traces_alone(page: Page, tmp_path: Path) -> None:
    write_static(tmp_path)
    hostile = "<img src=x onerror=window.injected=1>"
    render_index(tmp_path, None, [Trace("broken", failures=2), Trace(hostile)])
    page.goto((tmp_path / "index.html").as_uri())
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("broken")
    expect(rows.nth(0)).to_contain_text("1.23 s")
    expect(rows.nth(1)).to_contain_text(hostile)
    page.get_by_label("Search").fill("broken")
    expect(rows.nth(1)).to_be_hidden()
    assert page.evaluate("window.injected") is None


@pytest.mark.parametrize(
    ("file", "scheme"),
    [
        ("index.html", "light"),
        ("index.html", "dark"),
        ("signals/index.html", "light"),
        pytest.param("signals/index.html", "dark", marks=pytest.mark.slow),
        pytest.param("signals/signal.html", "light", marks=pytest.mark.slow),
        ("signals/signal.html", "dark"),
        pytest.param("dictionary.html", "light", marks=pytest.mark.slow),
        pytest.param("dictionary.html", "dark", marks=pytest.mark.slow),
    ],
)
def test_axe_finds_nothing(page: Page, demo_site: Path, file: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    if file == "signals/signal.html":
        open_ready(page, demo_site / "signals/index.html", "#state=flaky")
        page.locator(".name a").first.click()
        page.wait_for_selector(".strip")
    elif file == "signals/index.html":
        open_ready(page, demo_site / file)
        page.locator(".cell.flaky").first.click()
    else:
        page.goto((demo_site / file).as_uri())
        page.locator("details").evaluate_all("all => all.slice(0, 20).forEach(one => { one.open = true })")
    found = axe.Axe().run(page, options={"preload": False}).response["violations"]
    assert [
        (violation["id"], [node["html"][:120] for node in violation["nodes"][:3]]) for violation in found
    ] == []
