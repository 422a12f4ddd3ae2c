"""Small and read-only file systems, for tests that run as root."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class SmallDisk:
    """A file system in memory, as large as said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def resize(self, size: str, more: str = "rw") -> None:
        """As `mount` takes it: 300k, 64m; `more` is rw or ro."""
        options = f"remount,size={size},{more}"
        subprocess.run(["mount", "-o", options, str(self.folder)], check=True, capture_output=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Mount one on `folder`; the test is skipped where that is not permitted."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
