"""The grid in a browser, from file://: on the sample rows and on 150 commits x 1,500 signals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import open_ready
from playwright.sync_api import Page, expect

GRID = "signals/index.html"


def names(page: Page) -> list[str]:
    """Full names of the signals in sight, in order."""
    links = page.locator(".name a")
    return [links.nth(place).get_attribute("title") or "" for place in range(links.count())]


def test_filters_by_state_workflow_and_text(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID)
    expect(page.locator("#shown")).to_have_text("21 of 21 signals")
    page.get_by_role("button", name="failing now").click()
    expect(page.locator("#shown")).to_have_text("5 of 21 signals")
    page.locator("#workflow").select_option("trunk")
    expect(page.locator("#shown")).to_have_text("2 of 21 signals")
    page.get_by_label("Text").fill("partialmethod")
    assert names(page) == ["dynamo/test_functions.py::test_partialmethod_on_module"]
    page.get_by_label("Text").fill("")
    page.get_by_role("button", name="failing, not seen since").click()
    assert names(page) == []
    page.locator("#workflow").select_option("")
    assert names(page) == ["test_autograd.py::test_hook_order_under_threads"]
    page.get_by_label("Text").fill("no such thing")
    page.get_by_role("button", name="Show all signals").click()
    expect(page.locator("#shown")).to_have_text("21 of 21 signals")


@pytest.mark.parametrize(
    ("sort", "first"),
    [
        ("recent", "dynamo/test_functions.py::test_partialmethod_on_module"),
        ("longest", "nn/test_multihead_attention.py::test_flash_causal_mask_matches_math_float32_cpu"),
        ("flakiest", "distributed/test_c10d_nccl.py::test_barrier_timeout_names_the_key"),
    ],
)
def test_sorts(page: Page, demo_site: Path, sort: str, first: str) -> None:
    open_ready(page, demo_site / GRID)
    page.get_by_label("Sort").select_option(sort)
    assert names(page)[0] == first


def test_suspects_of_the_chosen_signal_are_shaded(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID)
    page.get_by_label("Text").fill("mask_matches_math_bfloat16_cpu")
    expect(page.locator(".commit.suspect .title")).to_have_text(
        [re.compile("Fold the causal mask"), "Update the pinned torchbench commit [skip ci]"]
    )
    expect(page.locator(".commit.suspect").first).to_have_attribute("data-probability", "50%")
    expect(page.locator(".cell.suspect")).to_have_count(2)
    page.get_by_label("Text").fill("test_barrier_timeout_names_the_key")  # merely flaky
    expect(page.locator(".suspect")).to_have_count(0)


def test_a_day_fits_a_screen_and_heads_have_whole_words(page: Page, demo_site: Path) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_ready(page, demo_site / GRID)
    expect(page.locator("#c29-20")).to_be_in_viewport(ratio=1)
    for head in page.locator(".name a").all():
        for line in head.locator("span").all_text_contents():
            words = re.escape(re.sub(r"^[\W_]+|[\W_]+$", "", line))
            assert re.search(rf"(?<![^\W_]){words}(?![^\W_])", head.get_attribute("title") or ""), line
    assert page.locator(".name a span").evaluate_all(
        "lines => lines.every(cut => cut.scrollHeight <= cut.clientHeight)"
    )
    expect(page.locator(".commit", has_text="c31b6ff45").locator("a")).to_have_count(2)
    title = page.locator(".commit .title").first
    expect(title).to_have_attribute("href", re.compile("^commit.html#5a067773e[0-9a-f]{31}$"))
    expect(page.locator(".commit", has_text="c31b6ff45").locator(".failing-count")).to_have_count(0)
    expect(page.locator(".commit", has_text="59514974b").locator(".failing-count")).to_have_text("9")
    pull = page.locator(".commit .pull").first
    expect(pull).to_have_text("#171399")
    expect(pull).to_have_attribute("href", "https://github.com/pytorch/pytorch/pull/171399")


def test_an_incident_selects_its_signals(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID, "#text=after_reshape_contiguous")
    page.locator(".cell.failing").first.click()
    page.locator("#detail").get_by_role("link", name="7 signals").click()
    expect(page.locator("#shown")).to_have_text("7 of 21 signals")
    assert all("reshape" in name for name in names(page))
    expect(page.locator("#incident option:checked")).to_have_text(
        "7 signals, fixed: 59514974b [inductor] Fuse pointwise epilogues across reshape"
    )
    assert page.locator("#grid").get_attribute("aria-activedescendant") == "c18-0"
    expect(page.locator(".active-signal")).to_contain_text(names(page)[0])
    page.locator("#incident").select_option("")
    expect(page.locator("#shown")).to_have_text("21 of 21 signals")
    page.goto((demo_site / "index.html").as_uri())
    page.locator(".incident").get_by_role("link", name="3 signals").click()
    expect(page.locator("#shown")).to_have_text("3 of 21 signals")
    assert all("flash_causal_mask" in name for name in names(page))


def test_permanent_link_opens_the_same_view(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID)
    page.get_by_role("button", name="flaky").click()
    page.get_by_label("Sort").select_option("flakiest")
    page.get_by_label("Text").fill("test & more")
    page.get_by_label("Text").fill("test_")
    link = page.locator("#permalink").get_attribute("href") or ""
    seen = names(page)
    assert seen
    open_ready(page, demo_site / GRID, link)
    assert names(page) == seen
    expect(page.get_by_role("button", name="flaky")).to_have_attribute("aria-pressed", "true")


def test_cell_shows_every_event_with_links(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID, "#text=barrier_timeout")
    cell = page.locator(".cell.flaky").first
    assert cell.get_attribute("aria-label") == "failure, then success"
    cell.hover()
    expect(page.locator("#tip li").nth(1)).to_contain_text("attempt 2")
    cell.click()
    lines = page.locator("#detail .events li")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("failure")
    expect(lines.nth(0).locator("pre").first).to_contain_text("RuntimeError: Timed out after 10s waiting for")
    expect(lines.nth(1).locator("pre")).to_have_count(0)
    expect(lines.nth(0)).to_contain_text("shard 2 of 3, default, linux.g6.4xlarge.nvidia.gpu")
    expect(lines.nth(1)).to_contain_text("success")
    expect(lines.nth(1)).to_contain_text(re.compile("took .* min"))
    href = lines.nth(0).locator("a").get_attribute("href") or ""
    assert href.startswith("https://github.com/pytorch/pytorch/actions/runs/")


def test_keyboard_moves_opens_and_closes(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID)
    page.locator("#grid").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "End", "Home", "Control+End"):
        page.keyboard.press(key)
    assert page.locator("#grid").get_attribute("aria-activedescendant") == "c29-20"
    expect(page.locator("#c29-20")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#detail")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.locator("#grid")).to_be_focused()


def test_hostile_names_run_no_script(page: Page, demo_site: Path) -> None:
    page.set_viewport_size({"width": 1440, "height": 1800})
    open_ready(page, demo_site / GRID, "#text=test_name_survives")
    (key,) = names(page)
    assert "<script>window.injected=1</script>" in key
    page.locator(".cell.failing").first.click()
    expect(page.locator("#detail h2")).to_have_text(key)
    page.locator("#detail h2 a").click()
    expect(page.locator("h1")).to_have_text(key)
    assert page.evaluate("window.injected") is None


def test_signal_page_tells_break_suspects_and_fix(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / GRID, "#workflow=trunk&text=test_reshape_epilogue")
    page.locator(".name a").first.click()
    page.wait_for_selector("html[data-ready=true] .strip")
    expect(page.locator(".lead")).to_contain_text("recovered: passed on")
    expect(page.locator(".note", has_text="first failed here")).to_have_count(1)
    expect(page.locator("#signal")).to_contain_text("Good again on")
    expect(page.locator(".strip li")).to_have_count(30)
    expect(page.locator(".strip a").first).to_have_attribute("aria-label", re.compile("^5a067773e"))
    expect(page.locator(".axis span").first).to_have_text("11:22\nNov 20")
    expect(page.locator(".history .commit-line a").first).to_have_text("5a067773e")
    expect(page.locator("#signal tbody tr")).to_have_count(1)
    expect(page.get_by_text("No more than this is known of 3 and 7 days.")).to_be_visible()
    passed = page.locator("#commit-8")
    expect(page.locator(".run", has=passed).locator("summary")).to_contain_text("passed")
    expect(passed).to_be_hidden()
    page.locator("[data-rank='8']").click()
    expect(passed).to_be_visible()
    assert page.locator(".history .events a").count() > 20
    expect(page.locator(".kinds pre")).to_have_text(["AssertionError: Tensor-likes are not close!"])
    said = page.locator(".history li.failing .said")
    said.first.locator("summary").click()
    expect(said.first).to_contain_text("File inductor/test_torchinductor")


def test_signal_page_without_a_signal_says_so(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / "signals/signal.html")
    expect(page.get_by_role("alert")).to_contain_text("names no signal")
    open_ready(page, demo_site / "signals/signal.html", "#" + "0" * 32)
    expect(page.get_by_role("alert")).to_contain_text("no such signal")


def test_phone_width_does_not_scroll_sideways(page: Page, demo_site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_ready(page, demo_site / GRID, "#state=flaky")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("#c9-0")).to_be_in_viewport()
    page.get_by_role("button", name="Filters: flaky 2").click()
    page.get_by_role("button", name="all").click()
    expect(page.locator("#shown")).to_have_text("21 of 21 signals")
    for file in (GRID, "index.html"):
        page.goto((demo_site / file).as_uri())
        page.wait_for_timeout(200)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_commits_beside_an_open_cell_keep_to_their_column(page: Page, demo_site: Path) -> None:
    page.set_viewport_size({"width": 940, "height": 540})
    open_ready(page, demo_site / GRID)
    page.locator(".cell.failing").first.click()
    expect(page.locator("#detail .events li").first).to_be_visible()
    wide = "rows => rows.filter(row => row.scrollWidth > row.clientWidth).map(row => row.textContent)"
    page.wait_for_timeout(300)
    assert page.locator(".row .commit").count() > 5
    assert page.locator(".row .commit").evaluate_all(wide) == []


def test_large_grid_opens_in_two_seconds_and_draws_what_is_in_sight(page: Page, large_site: Path) -> None:
    open_ready(page, large_site / GRID)
    expect(page.locator("#shown")).to_have_text("1500 of 1500 signals")
    expect(page.locator(".parts a")).to_have_text(["signals", "dictionary"])
    page.goto("about:blank")
    page.goto((large_site / GRID).as_uri())
    page.wait_for_selector("html[data-ready=true]")
    took = page.evaluate("performance.now()")
    assert took < 2000
    assert page.locator(".cell").count() < 3000
    sizes = [path.stat().st_size for path in (large_site / GRID, large_site / "signals/data/grid.js")]
    assert sum(sizes) < 5_000_000


def test_large_grid_draws_the_far_corner_after_a_jump(page: Page, large_site: Path) -> None:
    open_ready(page, large_site / GRID)
    page.locator("#grid").focus()
    page.keyboard.press("Control+End")
    expect(page.locator("#c149-1499")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#detail h2")).to_be_visible()


def test_blank_cells_say_why(page: Page, large_site: Path) -> None:
    open_ready(page, large_site / GRID)
    label = page.locator(".cell.gap-cancelled").first.get_attribute("aria-label")
    assert label == "blank: the job was cancelled"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("test_case_8_line", "_line\nbreak\t\0\\ \"quoted\" 'both'"),
        ("test_case_9_ עברית", "_\u202eright to left\u202c_עברית_"),
        ("test_case_10_long", "_long" * 400),
    ],
)
def test_hostile_names_show_whole_and_break_no_layout(
    page: Page, large_site: Path, text: str, part: str
) -> None:
    open_ready(page, large_site / GRID)
    page.get_by_label("Text").fill(text)
    expect(page.locator("#shown")).to_have_text("1 of 1500 signals")
    assert part in names(page)[0]
    page.locator("#c8-0").click()
    page.locator("#detail h2 a").click()
    page.wait_for_selector(".strip")
    assert part in (page.locator("h1").text_content() or "")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_large_grid_filters_at_once_and_runs_no_script(page: Page, large_site: Path) -> None:
    open_ready(page, large_site / GRID)
    started = page.evaluate("performance.now()")
    page.get_by_label("Text").fill("test_case_7<")
    expect(page.locator("#shown")).to_have_text("1 of 1500 signals")
    assert page.evaluate("performance.now()") - started < 1000
    page.locator("#c8-0").click()
    expect(page.locator("#detail .events li").first).to_be_visible()
    page.locator("#detail h2 a").click()
    said = page.locator(".history .said")
    expect(said.first.locator("pre").first).to_have_text('</script><img src=x onerror="window.injected=1">')
    said.first.locator("summary").click()
    expect(said.first).to_contain_text('<b onclick="window.injected=1">more</b>')
    assert page.evaluate("window.injected") is None
    assert page.locator("img").count() == 0
