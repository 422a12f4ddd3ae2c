"""Chromium, for the tests that open pages."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
# CI runs as root, where Chromium's sandbox does not start.
ARGUMENTS = ["--no-sandbox", "--disable-gpu"]


def find_chromium() -> str:
    """The browser's path. Missing: the test is skipped at a desk, and fails where CI=true."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        say = pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip
        say("chromium is not on PATH: install it or set CHROMIUM to its path")
    assert path is not None
    return path


def open_ready(page: Page, file: Path, fragment: str = "") -> None:
    """Open a page that draws itself, and wait until it has."""
    page.goto("about:blank")
    page.goto(file.as_uri() + fragment)
    page.wait_for_selector("html[data-ready=true]")
