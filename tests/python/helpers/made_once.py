"""Workspaces that several tests start from, made by the first test process that wants one."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from workspace import Workspace


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Workspace], object], to: Path | None = None
) -> Workspace:
    """A copy of the workspace that `make` fills once for all test processes, in `to` or a new folder.

    A store is open to one process at a time, so each test process has its own.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    first = base / "made" / name
    first.parent.mkdir(exist_ok=True)
    with first.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = first.with_suffix(".done")
        if not done.exists():
            shutil.rmtree(first, ignore_errors=True)
            first.mkdir()
            make(Workspace(first))
            done.touch()
    to = to or factory.mktemp(name)
    shutil.copytree(first, to, symlinks=True, dirs_exist_ok=True)
    return Workspace(to)
