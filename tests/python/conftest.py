"""Workspaces that several tests share."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import ARGUMENTS, find_chromium
from hostile_rows import write_hostile_rows
from http_endpoint import Endpoint, endpoint
from made_once import made_once
from playwright.sync_api import Browser, sync_playwright
from workspace import AS_OF, EDGE, EDGE_WINDOW, SAMPLE, Workspace

# A shell's background jobs start with Ctrl-C ignored, and so would all that the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

HERE = Path(__file__).parent
# The files that take a dozen seconds or more, in an order in which neighbours need different stores.
LONG_FILES = (
    *("test_server.py", "reliability/test_kill.py", "compile/test_report.py", "site/test_grid_browser.py"),
    *("test_server_connection.py", "compile/test_trace_loader.py", "reliability/test_stops.py"),
    *("test_install.py", "reliability/test_injection.py", "test_cli.py", "test_deployment.py"),
    *("test_history.py", "test_rules_property.py", "test_diff.py", "reliability/test_full_disk.py"),
    *("site/test_index_browser.py", "test_edge_rows.py", "site/test_commit_browser.py", "test_load_ci.py"),
    *("compile/test_run_pages.py", "test_load_large.py", "compile/test_trace_browser.py"),
    *("test_github_build.py", "site/test_dictionary.py", "test_build_lock.py", "test_window.py"),
    *("test_terminal.py", "test_exports.py", "test_adapter.py", "test_unchanged.py", "test_incidents.py"),
    *("reliability/test_ci_values.py", "reliability/test_store.py", "reliability/test_fuzz_traces.py"),
    *("compile/test_budget.py", "compile/test_trace_tables.py", "site/test_content_policy.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start long files first, so that none is left for the end and no process waits for another's store."""
    order = {HERE / name: number for number, name in enumerate(LONG_FILES)}
    assert all(map(Path.exists, order)), "LONG_FILES names a file that is gone"
    items.sort(key=lambda item: order.get(item.path, len(order)))


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
def edge(tmp_path_factory: pytest.TempPathFactory, edge_rows: Callable[[Path], Workspace]) -> Workspace:
    """The edge rows, loaded and built over 48 hours. Tests only read it."""

    def make(workspace: Workspace) -> None:
        edge_rows(workspace.folder).build(*EDGE_WINDOW)

    return made_once(tmp_path_factory, "edge", make)


@pytest.fixture(scope="session")
def edge_rows(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Workspace]:
    """To start from the edge rows, loaded and not built: fills a folder with a workspace that has them."""

    def make(workspace: Workspace) -> None:
        workspace.signals("load", "ci", EDGE)

    return lambda folder: made_once(tmp_path_factory, "edge_rows", make, to=folder)


@pytest.fixture
def loaded_edge(edge_rows: Callable[[Path], Workspace], tmp_path: Path) -> Workspace:
    """A workspace with the edge rows loaded, for one test."""
    return edge_rows(tmp_path)


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the sample rows and traces, as `make demo` writes it, beside its store."""

    def make(workspace: Workspace) -> None:
        workspace.signals("load", "ci", SAMPLE / "ci")
        for trace in sorted((SAMPLE / "traces").iterdir()):
            workspace.signals("load", "trace", trace)
        workspace.signals("build", "--as-of", AS_OF, "--output", workspace.site)

    return made_once(tmp_path_factory, "demo", make).site


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Rows with hostile names (hostile_rows.py), loaded and built without dbt's tests. Tests only read it."""

    def make(workspace: Workspace) -> None:
        workspace.signals("load", "ci", write_hostile_rows(workspace.folder / "rows"))
        models = ("--select", "tag:signals", "--exclude-resource-type", "unit_test", "test")
        workspace.dbt("--quiet", "build", *models, SIGNALS_WINDOW=json.dumps({"as_of": AS_OF}))
        workspace.signals("render", "--output", workspace.site)

    return made_once(tmp_path_factory, "hostile", make)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Endpoint]:
    """A real ClickHouse HTTP endpoint, with the USERS of the module that asks."""
    with endpoint(tmp_path_factory.mktemp("server"), getattr(request.module, "USERS", None)) as served:
        yield served
