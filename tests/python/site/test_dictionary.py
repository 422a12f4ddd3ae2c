"""The data dictionary: whole, escaped, searchable, and of the build at hand."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from workspace import Workspace

from ci_signals.site.environment import render_page, write_static
from ci_signals.site.manifest import Column, Entry, Exposure, Link, Section, read_manifest, sections

HOSTILE = "<img src=x onerror=window.injected=1>`</code><script>window.injected=1</script>"
PLAIN = Entry(
    anchor="int_jobs",
    name="int_jobs",
    relation="ci.int_jobs",
    kind="view",
    access="protected",
    group="signals",
    owner="Someone",
    grain="One row per job.",
    columns=[Column("job_id", "Int64", "", "Id of the job.", ["unique"])],
    checks=[],
    claims=[],
    reads=[],
    read_by=[],
    shown_in=[],
)


@pytest.fixture(scope="module")
def manifest(demo_site: Path) -> dict[str, Any]:
    found = read_manifest(demo_site.parent / "target/manifest.json")
    assert found
    return found


def draw(folder: Path, entries: list[Entry], exposures: list[Exposure]) -> Path:
    write_static(folder)
    found = [Section("Marts: signals", entries)]
    page = render_page(
        "dictionary.html", "", sections=found, exposures=exposures, database="ci", built_at="2026-11-20 12:00"
    )
    (folder / "dictionary.html").write_text(page)
    return folder / "dictionary.html"


def test_page_has_every_relation_and_every_meaning(
    page: Page, demo_site: Path, manifest: dict[str, Any]
) -> None:
    page.goto((demo_site / "dictionary.html").as_uri())
    built = [node for node in manifest["nodes"].values() if node["resource_type"] in {"model", "seed"}]
    assert page.locator(".entry").count() == sum(
        map(len, (built, manifest["sources"], manifest["exposures"]))
    )
    cells = page.locator("td.meaning").evaluate_all("cells => cells.map(cell => cell.textContent.trim())")
    assert len(cells) > 800
    assert all(cells)
    assert page.locator("td.type").evaluate_all("cells => cells.every(cell => cell.textContent.trim())")
    targets = page.locator(".entry dd a").evaluate_all("links => links.map(link => link.hash.slice(1))")
    known = page.locator(".entry").evaluate_all("entries => entries.map(entry => entry.id)")
    assert set(targets) <= set(known)


def test_an_entry_tells_keys_units_access_and_lineage(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "dictionary.html").as_uri() + "#fct_signal_events")
    entry = page.locator("[id='fct_signal_events']")
    expect(entry).to_have_attribute("open", "")
    expect(page.locator(".parts a")).to_have_text(["signals", "traces", "dictionary"])
    expect(page.locator(".parts [aria-current]")).to_have_text("dictionary")
    expect(entry.locator("summary")).to_contain_text("view, public")
    expect(entry).to_contain_text("unique: signal_id, commit_rank, event_number")
    expect(entry.locator("tr", has_text="started_at")).to_contain_text("DateTime64(9, 'UTC')")
    expect(entry.locator("tr", has_text="started_at").locator(".unit")).to_have_text("UTC")
    expect(entry.locator("tr", has_text="status").last).to_contain_text("one of failure, success, pending")
    entry.get_by_role("link", name="int_signal_events").click()
    step = page.locator("[id='int_signal_events']")
    expect(step.locator("dl")).to_be_visible()
    expect(step.locator("summary")).to_contain_text("table, protected")
    expect(step).to_contain_text("stand by start run attempt and status and carry their name")


def test_search_finds_columns_and_a_link_ends_it(page: Page, demo_site: Path) -> None:
    page.goto((demo_site / "dictionary.html").as_uri())
    page.get_by_label("Search").fill("fct_compile_metrics gc_time_us")
    expect(page.locator("#search-note")).to_have_text("1 entry, 1 column")
    expect(page.locator(".entry:visible tbody tr:visible")).to_have_count(1)
    expect(page.locator(".entry:visible .unit:visible")).to_have_text("us")
    expect(page.locator(".contents li:visible")).to_have_text(["fct_compile_metrics"])
    page.locator(".entry:visible").get_by_role("link", name="int_compile_metrics").click()
    expect(page.get_by_label("Search")).to_have_value("")
    expect(page.locator("[id='int_compile_metrics'] dl")).to_be_visible()
    page.get_by_label("Search").fill("nosuchthing")
    expect(page.locator("#search-note")).to_have_text("0 entries")
    expect(page.locator(".layer:visible")).to_have_count(0)


def test_page_is_as_wide_as_a_phone(page: Page, demo_site: Path) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto((demo_site / "dictionary.html").as_uri())
    page.get_by_role("button", name="Open all").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_the_manifest_says_is_text(page: Page, tmp_path: Path) -> None:
    column = Column(HOSTILE, HOSTILE, HOSTILE, HOSTILE, [HOSTILE])
    link = Link(f'"{HOSTILE}', HOSTILE)
    entry = replace(
        PLAIN,
        anchor=f'"{HOSTILE}',
        name=HOSTILE,
        grain=HOSTILE,
        owner=HOSTILE,
        columns=[column],
        reads=[link],
    )
    exposure = Exposure("exposure.x", HOSTILE, HOSTILE, f"javascript:{HOSTILE}", HOSTILE, [link])
    page.goto(draw(tmp_path, [entry, PLAIN], [exposure]).as_uri())
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("summary h3").first).to_have_text(HOSTILE)
    page.get_by_label("Search").fill("<script>")
    expect(page.locator(".entry:visible")).to_have_count(2)
    assert page.locator("img, main script, [href^='javascript']").count() == 0
    assert page.evaluate("window.injected") is None


def test_entries_come_in_the_order_of_the_layers(manifest: dict[str, Any]) -> None:
    every = {
        (node["schema"], node.get("identifier") or node.get("alias")): {"c": "String"}
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in {"model", "seed", "source"}
    }
    titles = [section.title for section in sections(manifest, "ci_signals", every)]
    layers = ["Marts", "Reports", "Seeds", "Intermediate", "Staging", "Sources", "Pages and files"]
    assert list(dict.fromkeys(title.partition(":")[0] for title in titles)) == layers
    assert titles[:5] == [
        "Marts: signals",
        "Marts: compile",
        "Reports: signals",
        "Reports: quality",
        "Reports: compile",
    ]
    assert sections(manifest, "ci_signals", {}) == []


def test_dictionary_is_of_the_build_or_not_there(demo_site: Path, tmp_path: Path) -> None:
    sample = Workspace(demo_site.parent)
    target, output = tmp_path / "target", tmp_path / "site"
    target.mkdir()
    shutil.copytree(demo_site / "static", output / "static")
    (output / "dictionary.html").write_text("of an earlier build")
    sample.signals("render", "--output", output, DBT_TARGET_PATH=str(target))
    assert not (output / "dictionary.html").exists()
    assert "dictionary.html" not in (output / "index.html").read_text()
    (target / "manifest.json").write_text('{"nodes": {')
    sample.signals("render", "--output", output, DBT_TARGET_PATH=str(target))
    assert not (output / "dictionary.html").exists()
    # another database's manifest describes the tables of this one
    text = (demo_site.parent / "target/manifest.json").read_text()
    (target / "manifest.json").write_text(text.replace('"schema": "ci_signals"', '"schema": "another"'))
    sample.signals("render", "--output", output, DBT_TARGET_PATH=str(target))
    assert (output / "dictionary.html").read_text() == (demo_site / "dictionary.html").read_text()
