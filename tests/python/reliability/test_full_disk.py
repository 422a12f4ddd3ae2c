"""A full or read-only disk: one line says so, and after making room the command gives the full result."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from workspace import EDGE, EDGE_WINDOW, PROJECT, Workspace, one_line, site_files

WINDOW = (*EDGE_WINDOW, "--select", "tag:signals")


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory, as large as a test says."""

    folder: Path

    def resize(self, size: str, more: str = "rw") -> None:
        """`size` is as `mount` takes it: 300k, 64m. `more` is rw or ro."""
        options = f"remount,size={size},{more}"
        subprocess.run(["mount", "-o", options, str(self.folder)], check=True, capture_output=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A file system in memory; the test is skipped where mounting one is not permitted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    done = subprocess.run(mount, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fails(done: subprocess.CompletedProcess[str], message: str) -> None:
    """That a command ended with one line, and 2."""
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert one_line(done.stderr)


def limited(workspace: Workspace, size: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line where no file can grow beyond `size` bytes: a full disk that needs no root."""
    return subprocess.run(
        [str(workspace.bin / "signals"), "-q", *map(str, arguments)],
        env=workspace.environment,
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size)),
    )


@pytest.mark.slow
def test_a_full_disk_below_the_store(disk: SmallDisk, edge: Workspace, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path).on({"SIGNALS_STORE": str(disk.folder / "store")})
    site = workspace.site
    disk.resize("600k")
    fails(
        workspace.signals("-q", "load", "ci", EDGE, check=False),
        "no space left for ClickHouse's data: make room",
    )
    disk.resize("64m")
    workspace.signals("-q", "load", "ci", EDGE)
    used = shutil.disk_usage(disk.folder).used
    disk.resize(f"{(used >> 10) + 1400}k")
    done = workspace.signals("-q", "build", *WINDOW, "--output", site, check=False)
    assert done.returncode == 2
    assert "not enough space" in done.stderr
    assert "dbt node(s) failed" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not site.exists()
    disk.resize("64m")
    workspace.signals("-q", "build", *WINDOW, "--output", site)
    assert site_files(site) == site_files(edge.site)


@pytest.mark.parametrize(
    "size",
    [
        "8k",
        pytest.param("150k", marks=pytest.mark.slow),
        "400k",
        pytest.param("600k", marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_below_the_site(disk: SmallDisk, edge: Workspace, size: str) -> None:
    disk.resize(size)
    site = disk.folder / "site"
    fails(edge.signals("-q", "render", "--output", site, check=False), "No space left on device; make room")
    assert list(site.glob("*")) == []
    disk.resize("64m")
    edge.signals("-q", "render", "--output", site)
    assert site_files(site) == site_files(edge.site)
    assert list(site.glob(".*")) == []


@pytest.mark.slow
def test_a_full_disk_below_dbts_own_files(disk: SmallDisk, edge: Workspace) -> None:
    places = {"DBT_TARGET_PATH": str(disk.folder / "target"), "DBT_LOG_PATH": str(disk.folder / "logs")}
    workspace = edge.on(places)
    disk.resize("200k")
    window = ("--select", "int_window", *EDGE_WINDOW)
    output = ("--output", edge.folder / "site3")
    fails(workspace.signals("-q", "build", *window, *output, check=False), "No space left on device")
    disk.resize("64m")
    workspace.signals("-q", "build", *window, *output)


def test_a_file_that_cannot_grow(edge: Workspace, workspace: Workspace) -> None:
    output = workspace.folder / "limited"
    fails(limited(edge, 20_000, "render", "--output", output), "File too large; make room")
    assert list(output.glob("*")) == []
    edge.signals("-q", "render", "--output", output)
    assert site_files(output) == site_files(edge.site)


@pytest.mark.slow
def test_a_store_whose_files_cannot_grow(workspace: Workspace) -> None:
    workspace.signals("-q", "load", "ci", EDGE / "push.jsonl.gz")
    rows = "select count() as n from ci_raw.test_run_s3"
    done = limited(workspace, 10_000, "load", "ci", EDGE / "test_run_s3.jsonl.gz")
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    workspace.signals("-q", "load", "ci", EDGE)
    assert workspace.rows(rows) == [{"n": 14788}]


def test_a_full_standard_output(edge: Workspace) -> None:
    for command in ("sql 'select 1'", "list", "list --json", "show --json test"):
        done = subprocess.run(
            ["sh", "-c", f"'{edge.bin / 'signals'}' -q {command} > /dev/full"],
            env=edge.environment,
            cwd=PROJECT,
            check=False,
            capture_output=True,
            text=True,
        )
        if "show" not in command or "No space" in done.stderr:
            fails(done, "No space left on device")


def test_a_read_only_output_and_store(disk: SmallDisk, edge: Workspace) -> None:
    shutil.copytree(edge.site, disk.folder / "site")
    (disk.folder / "store").mkdir()
    disk.resize("64m", "ro")
    for site in ("site", "new"):
        done = edge.signals("-q", "render", "--output", disk.folder / site, check=False)
        fails(done, "Read-only file system; choose another --output")
    for store, message in (("store", "cannot write to the store"), ("new", "cannot make the store")):
        done = edge.signals("sql", "select 1", check=False, SIGNALS_STORE=str(disk.folder / store))
        fails(done, message)
    assert site_files(disk.folder / "site") == site_files(edge.site)


@pytest.mark.slow
def test_an_output_that_is_or_is_below_a_file(edge: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for output in (tmp_path / "file", tmp_path / "file" / "site", tmp_path / ("x" * 300)):
        fails(edge.signals("-q", "render", "--output", output, check=False), "choose another --output")
    (tmp_path / "site" / "signals.jsonl").mkdir(parents=True)
    (tmp_path / "site" / "signals.jsonl" / "mine").write_text("not of the site")
    done = edge.signals("-q", "render", "--output", tmp_path / "site", check=False)
    fails(done, "choose another --output")
    assert (tmp_path / "site" / "signals.jsonl" / "mine").read_text() == "not of the site"


def test_a_path_that_is_too_long_is_one_line(edge: Workspace) -> None:
    for command in (("load", "ci"), ("load", "trace"), ("diff", "x")):
        fails(edge.signals(*command, "x" * 5000, check=False), "x")
