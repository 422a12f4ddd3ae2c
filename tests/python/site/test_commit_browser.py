"""The page of one commit: what it broke and fixed, what it is suspected of, its runs."""

from __future__ import annotations

import json
from pathlib import Path

from browser import open_ready
from playwright.sync_api import Locator, Page, expect


def sha_of(site: Path, title: str) -> str:
    """The commit whose title starts so."""
    text = (site / "signals/data/grid.js").read_text()
    names, *rows = json.loads(text[text.index(",") + 1 : text.rindex(")")])["commits"]
    commits = [dict(zip(names, row, strict=True)) for row in rows]
    (found,) = [commit["sha"] for commit in commits if commit["title"].startswith(title)]
    return str(found)


def section(page: Page, heading: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=heading))


def test_commit_says_what_it_broke_and_which_incident_suspects_it(page: Page, demo_site: Path) -> None:
    broke = sha_of(demo_site, "[inductor] Fuse pointwise epilogues")
    open_ready(page, demo_site / "signals/commit.html", f"#{broke}")
    expect(page.locator("h1")).to_have_text("[inductor] Fuse pointwise epilogues across reshape")
    pull = page.get_by_role("link", name="#171402")
    expect(pull).to_have_attribute("href", "https://github.com/pytorch/pytorch/pull/171402")
    expect(page.get_by_role("link", name="its jobs")).to_have_attribute(
        "href", f"https://github.com/pytorch/pytorch/commit/{broke}/checks"
    )
    expect(section(page, "7 signals first failed here").locator("li")).to_have_count(7)
    suspected = section(page, "Suspected of").locator("li")
    expect(suspected).to_contain_text(">99%")
    expect(suspected).to_contain_text("first suspect, fixed")
    assert "#incident-" in str(suspected.get_by_role("link").get_attribute("href"))
    run = section(page, "Its workflow runs").locator("tbody tr").first
    assert "/actions/runs/" in str(run.get_by_role("link").get_attribute("href"))

    # to the commit that reverts it, by the link
    page.get_by_text("reverted by").get_by_role("link").last.click()
    expect(page.locator("h1")).to_contain_text("Revert")
    expect(section(page, "7 signals passed again here").locator("li")).to_have_count(7)
    # a strip of 12 commits on either side, this one marked
    strip = page.locator(".near").first
    expect(strip.locator(".dot")).to_have_count(24)  # it is the 12th newest
    expect(strip.locator(".dot.here")).to_have_class("dot passing here")
    page.locator(".neighbours a").first.click()
    expect(page.locator(".neighbours")).to_contain_text("commit 11 of 30")


def test_commit_without_jobs_is_no_good_news(page: Page, demo_site: Path) -> None:
    open_ready(page, demo_site / "signals/commit.html", f"#{sha_of(demo_site, 'Update the pinned')}")
    expect(page.locator("#commit")).to_contain_text("No signal has an event on this commit")
    expect(section(page, "Suspected of")).to_contain_text("50%")


def test_address_that_names_no_commit_is_refused(page: Page, demo_site: Path) -> None:
    for fragment, message in (
        ("#" + "0" * 40, "no such commit"),
        ("#<img src=x onerror=window.injected=1>", "names no commit"),
        ("", "names no commit"),
    ):
        page.goto("about:blank")
        open_ready(page, demo_site / "signals/commit.html", fragment)
        expect(page.locator(".problem")).to_contain_text(message)
    assert page.evaluate("window.injected") is None


def test_page_of_a_large_window_is_quick(page: Page, large_site: Path) -> None:
    sha = sha_of(large_site, "Change number 20 ")
    open_ready(page, large_site / "signals/commit.html", f"#{sha}")
    expect(page.locator(".neighbours")).to_contain_text("commit 21 of 150")
    took = page.evaluate("performance.now()")
    assert took < 4000, took
    assert (large_site / "signals/data/commits.js").stat().st_size < 1_500_000
