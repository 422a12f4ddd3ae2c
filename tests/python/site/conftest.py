"""Sites that the command line builds, in processes of their own (one store each), and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_once import made_once
from playwright.sync_api import Browser, Page
from workspace import Workspace


@pytest.fixture(scope="session")
def large_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of 150 commits x 1,500 signals, put straight into the steps below the marts."""
    return made_once(tmp_path_factory, "large", _make_large_site).site


def _make_large_site(workspace: Workspace) -> None:
    workspace.python("fill_large_store.py")
    built = [
        "dim_commits",
        "dim_signals",
        "fct_signal_events",
        "fct_signals_nested",
        "gap_reasons",
        "cell_outcomes",
        "signal_states",
    ]
    built += ["models/intermediate/signals/suspects", "fct_incident_signals"]
    built += ["models/intermediate/signals/history", "models/marts/signals/history"]
    built += [f"int_signal_{step}" for step in ("commits", "streaks", "breaks", "counts", "states")]
    built += [f"models/marts/signals/{folder}" for folder in ("reports", "pages", "exports")]
    workspace.dbt(
        "--quiet",
        "build",
        "--select",
        *built,
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
    )
    workspace.render()


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
