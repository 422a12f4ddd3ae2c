"""The site's index, and what assistive technology finds on every page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser import open_ready
from playwright.sync_api import Locator, Page, expect

from ci_signals.site.environment import write_static
from ci_signals.site.index import render_index


@dataclass(frozen=True)
class Trace:
    name: str
    url: str = "traces/t/index.html"
    compilations: int = 12
    failures: int = 0
    restarts: int = 0
    unfinished: int = 0
    rejected: int = 0
    total_time_ms: float = 1234.5
    runs: int = 1
    trend_url: str = ""


def section(page: Page, heading: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=heading))


def test_index_lists_what_is_red_what_broke_and_what_is_flaky(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    expect(page.locator(".tile").first).to_have_text("5 failing now")
    expect(page.locator(".incident.red .row")).to_have_count(4)
    red = section(page, "Red, in no incident")
    expect(red.locator("li")).to_have_count(1)  # the fifth
    expect(red.locator("li")).to_contain_text("test_partialmethod_on_module")
    unseen = section(page, "Failing, not seen since")
    expect(unseen.locator("li")).to_contain_text("test_hook_order_under_threads")
    expect(unseen.locator("li")).to_contain_text("no verdict on 24 newer commits")
    flakes = section(page, "Flakes")
    expect(flakes.locator("li").first).to_contain_text("test_barrier_timeout_names_the_key")
    expect(flakes.locator("li").first).to_contain_text("271 min 4 jobs")
    why = section(page, "Why")
    expect(why.locator("li").first).to_contain_text("AssertionError: Tensor-likes are not close!")
    expect(why.locator("li").first).to_contain_text("2 failing now")
    broke = section(page, "Broke last")
    expect(broke.locator("li", has_text="Fuse pointwise")).to_contain_text("7 signals first failed here")
    # strips have a rectangle for commits in a row that said the same; the newest commits still run
    strip = red.locator(".outcomes")
    expect(strip).to_have_attribute("aria-label", re.compile("1 failed, .* passed, 2 still run"))
    assert strip.locator("rect").nth(1).evaluate("one => one.getAttribute('class')") == "pending"
    red.get_by_role("link").first.click()
    expect(page.locator(".lead")).to_contain_text("failing: failed on the newest commit with a verdict")


def test_index_tells_what_changed_and_the_trend(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "index.html").as_uri())
    changes = section(page, "Since yesterday")
    expect(changes.locator("p")).to_have_text("6 broke, 11 fixed, 2 newly flaky.")
    expect(changes.locator("li.fixed").first).to_contain_text("7 fixed")
    expect(changes.locator("li.fixed").first).to_contain_text("Fuse pointwise epilogues")
    plots = page.locator("#trend figure")
    expect(plots).to_have_count(3)
    expect(plots.nth(0).locator(".failing")).to_have_count(8)  # steps of three hours
    expect(plots.nth(2).locator(".fix")).to_have_count(3)  # steps in which something was fixed
    page.get_by_text("As a table, by 3 h").click()
    expect(page.locator("#trend tbody tr")).to_have_count(8)
    # every bar of the strip leads to its commit
    bars = page.locator(".commit-strip a")
    expect(bars).to_have_count(30)
    bars.nth(5).click()
    expect(page.locator("h1")).to_have_text("[inductor] Print the fusion log once per graph")


def test_first_red_item_is_on_the_first_screen_of_a_phone(page: Page, demo_site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto((demo_site / "index.html").as_uri())
    box = page.locator(".incident").first.bounding_box()
    assert box
    assert box["y"] + 100 < 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_index_of_a_large_window_is_quick(page: Page, large_site: Path) -> None:
    page.goto((large_site / "index.html").as_uri())
    expect(page.locator(".commit-strip a")).to_have_count(150)
    assert page.evaluate("performance.now()") < 4000
    assert (large_site / "index.html").stat().st_size < 600_000
    assert page.evaluate("window.injected") is None


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
    tiles = page.locator(".tiles")
    before = tiles.bounding_box()
    page.get_by_label("Search").fill("causal mask")
    expect(page.locator("[data-search]:visible").first).to_contain_text("causal mask")
    expect(page.locator("#trend")).to_be_hidden()
    expect(page.locator("#unseen")).to_be_hidden()
    expect(page.locator("#incidents")).to_be_visible()
    assert tiles.bounding_box() == before
    page.get_by_label("Search").fill("no line says this")
    expect(page.locator("#search-note")).to_contain_text("0 of")
    assert page.locator("main section:visible").count() == 0
    page.get_by_label("Search").fill("gcc11 build")
    expect(page.locator("#search-note")).to_contain_text("3 of")
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
        pytest.param("index.html", "dark", marks=pytest.mark.slow),
        ("signals/index.html", "light"),
        pytest.param("signals/index.html", "dark", marks=pytest.mark.slow),
        pytest.param("signals/signal.html", "light", marks=pytest.mark.slow),
        ("signals/signal.html", "dark"),
        ("signals/commit.html", "light"),
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
    elif file == "signals/commit.html":
        page.goto((demo_site / "index.html").as_uri())
        page.locator(".commit-strip a").nth(5).click()
        page.wait_for_selector("html[data-ready=true]")
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
