"""Workspaces that several tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ARGUMENTS, find_chromium
from hostile_rows import write_hostile_rows
from playwright.sync_api import Browser, sync_playwright
from workspace import EDGE, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return Workspace(tmp_path)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, headless, one for all tests of a process."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The edge rows, loaded and built over 48 hours. Tests only read it."""
    workspace = Workspace(tmp_path_factory.mktemp("edge"))
    workspace.signals("load", "ci", EDGE)
    workspace.build("--hours", 48, "--as-of", "2026-11-20T12:00:00")
    return workspace


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Rows with hostile names (hostile_rows.py), loaded and built without dbt's tests. Tests only read it."""
    workspace = Workspace(tmp_path_factory.mktemp("hostile"))
    workspace.signals("load", "ci", write_hostile_rows(workspace.folder / "rows"))
    models = ("--select", "tag:signals", "--exclude-resource-type", "unit_test", "test")
    workspace.dbt("--quiet", "build", *models, "--vars", "{as_of: '2026-11-20T12:00:00'}")
    workspace.signals("render", "--output", workspace.site)
    return workspace
