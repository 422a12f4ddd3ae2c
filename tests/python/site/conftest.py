"""Sites that the command line builds, in processes of their own (one store each), and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from site_helpers import run, signals


@pytest.fixture(scope="session")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 150 commits x 1,500 signals, put straight into the marts."""
    folder = tmp_path_factory.mktemp("large")
    run(folder / "store", Path(__file__).with_name("fill_large_store.py"))
    dbt = (
        "-c",
        "import sys; from dbt.cli.main import dbtRunner as d; sys.exit(not d().invoke(sys.argv[1:]).success)",
    )
    run(folder / "store", *dbt, "--quiet", "run", "--select", "models/marts/signals/rpt_*")
    signals(folder / "store", "render", "--output", folder / "site")
    return folder / "site"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may use files only and must log no error."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    problems: list[str] = []
    context.route(lambda url: not url.startswith("file://"), lambda route: route.abort())
    opened = context.new_page()
    opened.set_default_timeout(8000)
    opened.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: problems.append(str(error)))
    opened.on(
        "request", lambda request: None if request.url.startswith("file://") else problems.append(request.url)
    )
    yield opened
    context.close()
    assert problems == []
