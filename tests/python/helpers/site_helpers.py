"""What the tests of the site share: the command line on a store, and opening a page."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page
from workspace import FIXTURES, Workspace

SAMPLE = FIXTURES / "sample"
# The moment that the sample rows stop at.
AS_OF = "2026-11-20T12:00:00"


def signals(store: Path, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command line on a store, which is `store` in its folder."""
    return Workspace(store.parent).signals(*arguments, check=check)


def run(store: Path, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run this Python on a store; shows what it said when it fails."""
    return Workspace(store.parent).run([sys.executable, *map(str, arguments)], check)


def open_ready(page: Page, file: Path, fragment: str = "") -> None:
    """Open a page that draws itself, and wait until it has."""
    page.goto("about:blank")
    page.goto(file.as_uri() + fragment)
    page.wait_for_selector("html[data-ready=true]")
