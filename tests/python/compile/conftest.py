"""Stores and pages of the compile track, built once for all of its tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_once import made_once
from trace_store import INTERMEDIATE, SAMPLE, TRACES, Store
from workspace import Workspace


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture(scope="session")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All fixtures loaded and built: the real logs, and four of them as intermediate files too."""

    def make(workspace: Workspace) -> None:
        store = Store(workspace.folder)
        for folder in [*SAMPLE.iterdir(), *(TRACES / name for name in ("10_unicode_html", "12_multirank"))]:
            store.load(*sorted(folder.glob("*.log.gz")), name=folder.name)
        for folder in INTERMEDIATE.iterdir():
            store.load(folder, name=f"{folder.name}.intermediate")
        store.build()

    return Store(made_once(tmp_path_factory, "traces", make).folder)


@pytest.fixture(scope="session")
def site(traces: Store) -> Path:
    """The pages of those traces."""
    return traces.render()
