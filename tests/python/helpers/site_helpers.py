"""What the tests of the site share: the command line on a store, and opening a page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "tests" / "fixtures" / "sample"


def signals(store: Path, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the command line on a store."""
    return run(store, "-m", "ci_signals.cli", *arguments, check=check)


def run(store: Path, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run this Python on a store; shows what it said when it fails."""
    environment = {
        **os.environ,
        "SIGNALS_STORE": str(store),
        "SIGNALS_PROJECT_DIR": str(ROOT),
        "SIGNALS_TARGET": "embedded",
        "DBT_TARGET_PATH": str(store.parent / "target"),
        "DBT_LOG_PATH": str(store.parent / "logs"),
    }
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    if check and done.returncode:
        pytest.fail(f"{arguments} exited with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def open_ready(page: Page, file: Path, fragment: str = "") -> None:
    """Open a page that draws itself, and wait until it has."""
    page.goto("about:blank")
    page.goto(file.as_uri() + fragment)
    page.wait_for_selector("html[data-ready=true]")
