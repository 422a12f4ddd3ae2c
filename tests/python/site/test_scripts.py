"""Scripts are plain files in order: what a page's script takes, an earlier one gives. Sheets share sizes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workspace import PROJECT

STATIC = PROJECT / "python/ci_signals/static"
TEMPLATES = PROJECT / "python/ci_signals/templates"
NAMES = r"\{\s*([\w\s,]+?),?\s*\}"
TAKEN = re.compile(rf"const {NAMES} =\s*globalThis\.ciSignals;")
GIVEN = re.compile(rf"globalThis\.ciSignals(?: =|,) {NAMES}")


def names(pattern: re.Pattern[str], script: Path) -> set[str]:
    return {name for found in pattern.findall(script.read_text()) for name in re.split(r",\s*", found)}


def static_files(template: Path, ending: str) -> list[str]:
    """Static files that a template names, in order."""
    return re.findall(rf'\{{\{{ root \}}\}}static/([\w-]+\.{ending})"', template.read_text())


PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if static_files(path, "js"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TEMPLATES)))
def test_every_script_finds_what_it_takes(page: Path) -> None:
    given: set[str] = set()
    for script in static_files(page, "js"):
        assert names(TAKEN, STATIC / script) <= given, script
        given |= names(GIVEN, STATIC / script)


def test_every_name_that_is_given_is_taken() -> None:
    scripts = list(STATIC.glob("*.js"))
    given = set().union(*(names(GIVEN, script) for script in scripts))
    assert given == set().union(*(names(TAKEN, script) for script in scripts))


def test_every_static_file_is_on_a_page() -> None:
    templates = list(TEMPLATES.rglob("*.html"))
    named = {name for page in templates for ending in ("js", "css") for name in static_files(page, ending)}
    assert named == {path.name for path in STATIC.iterdir()}


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda sheet: sheet.name)
def test_type_has_the_five_sizes_of_the_scale(sheet: Path) -> None:
    scale = re.findall(r"(--text-\w+): [\d.]+rem;", (STATIC / "site.css").read_text())
    assert scale == ["--text-xs", "--text-s", "--text-m", "--text-l", "--text-xl"]
    for font in re.findall(r"font(?:-size)?: (?!inherit;)([^;]*);", sheet.read_text()):
        size = font.partition("/")[0]  # the line height follows
        assert set(re.findall(r"var\((--text-\w+)\)", size)) & set(scale), font
        assert not re.search(r"\d(px|r?em|%|pt)", size), font
