"""`signals report`: one command from log to page."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from forked import PARSED
from workspace import PROJECT, SAMPLE, TRACES, Workspace, site_files

from ci_signals.console import Console
from ci_signals.report import open_page, own_store
from ci_signals.settings import Settings

FIVE, SIX = (next(SAMPLE.glob(f"traces/{name}/*.gz")) for name in ("05_failures", "06_backward"))
RANKS = sorted((TRACES / "12_multirank").glob("*.log.gz"))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("report"))


def pages(site: Path, trace: str) -> dict[str, bytes]:
    """The files of a trace's pages, without the bar, which names what else the site has."""
    found = site_files(site / "traces" / trace)
    assert "index.html" in found
    return {name: re.sub(rb'<nav class="parts".*?</nav>', b"", text) for name, text in found.items()}


def paths(folder: Path) -> dict[Path, int]:
    """Every path below a folder, and when it changed."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_once_gives_the_pages_of_a_build_and_keeps_nothing_else(
    workspace: Workspace, site: Path, tmp_path: Path
) -> None:
    output, rest = tmp_path / "pages", tmp_path / "rest"
    rest.mkdir()
    workspace.dbt("--version")  # puts the parsed project where commands expect it
    before = paths(workspace.folder)
    once = ("report", "--once", *RANKS, "--name", "12_multirank", "--output", output)
    said = workspace.signals(*once, TMPDIR=str(rest)).stderr
    assert "trace 12_multirank: 571 records from 2 file(s)" in said
    assert "dearest finding: Code was generated because the caches had nothing: 4 of 4 lookups" in said
    assert pages(output, "12_multirank") == pages(site, "12_multirank")
    assert {path.name for path in output.iterdir()} == {"index.html", "static", "traces"}
    assert (list(rest.iterdir()), paths(workspace.folder)) == ([], before)
    # another report replaces it
    workspace.signals("report", "--once", FIVE, "--name", "05_failures", "--output", output)
    assert [path.name for path in (output / "traces").iterdir()] == ["05_failures"]
    assert pages(output, "05_failures") == pages(site, "05_failures")


def test_what_dbt_parsed_is_kept_for_the_next_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    kept, settings = tmp_path / "cache" / "ci_signals" / PARSED, Settings(PROJECT)

    def parsed() -> Path:
        return Path(os.environ["DBT_TARGET_PATH"]) / PARSED

    with own_store(settings):
        assert not parsed().exists()
        parsed().write_text("parsed anew")
    assert kept.read_text() == "parsed anew"
    kept.chmod(0o400)
    with own_store(settings):
        assert parsed().read_text() == "parsed anew"  # and found to be right: it stays as it is
    assert kept.stat().st_mode & 0o777 == 0o400
    assert [path.name for path in kept.parent.iterdir()] == [PARSED]
    # a build has parsed it since
    built = tmp_path / "target" / PARSED
    built.parent.mkdir()
    built.write_text("newer")
    os.utime(built, (2e9, 2e9))
    with own_store(settings):
        assert parsed().read_text() == "newer"
    assert kept.read_text() == "parsed anew"
    # a cache that cannot be written is none
    shutil.rmtree(kept.parent)
    kept.parent.write_text("a file where the folder would be")
    with own_store(settings):
        parsed().write_text("parsed anew")


def test_without_once_the_trace_joins_the_store_and_is_opened(
    workspace: Workspace, site: Path, tmp_path: Path
) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > "$0.saw"\n')
    browser.chmod(0o755)
    workspace.load_trace(FIVE, name="05_failures")
    arguments = ("report", SIX, "--name", "06_backward", "--output", workspace.site, "--open")
    workspace.signals(*arguments, BROWSER=f"{browser} %s")
    opened = Path((tmp_path / "browser.saw").read_text().strip().removeprefix("file://"))
    assert opened == workspace.site / "traces/06_backward/index.html"
    assert workspace.rows("select trace from dim_traces order by trace") == [
        {"trace": "05_failures"},
        {"trace": "06_backward"},
    ]
    for name in ("05_failures", "06_backward"):
        assert pages(workspace.site, name) == pages(site, name)


@pytest.mark.slow
def test_a_report_of_a_run_has_its_trend(workspace: Workspace) -> None:
    workspace.load_trace(FIVE, "--run", "one", name="five")
    report = ("report", FIVE, "--name", "five", "--run", "two", "--label", "commit=abc")
    workspace.signals(*report, "--output", workspace.site)
    assert "commit=abc" in (workspace.site / "traces/five@two/index.html").read_text()
    assert (workspace.site / "compare/five@one..five@two.html").exists()
    assert "five@two/index.html" in (workspace.site / "trends/five.html").read_text()
    workspace.signals("traces", "--drop", "five/one")
    workspace.signals(*report, "--output", workspace.site)
    folders = [workspace.site / folder for folder in ("traces", "compare", "trends")]
    assert [path.name for folder in folders for path in folder.glob("five*")] == ["five@two"]


def test_what_cannot_be_reported_is_one_line(workspace: Workspace, tmp_path: Path) -> None:
    readme, theirs, file = tmp_path / "README.md", tmp_path / "theirs", tmp_path / "file"
    readme.write_text("# A project\n")
    theirs.mkdir()
    (theirs / "index.html").write_text("theirs")
    (theirs / "thesis.tex").write_text("theirs")
    file.write_text("")
    output = tmp_path / "output"
    for arguments, said in [
        (["missing.log", "-o", output], "no such file or folder: missing.log"),
        ([*RANKS, "-o", output], "several paths make one trace: give its name with --name"),
        ([FIVE, "--name", "../x", "-o", output], "'../x' cannot name a trace"),
        ([readme, "--name", "x", "-o", output], f"no trace: no record in {readme} (not a log record: 1)"),
        ([FIVE, "-o", theirs], f"{theirs} has thesis.tex, which no report writes: choose another --output"),
        ([FIVE, "-o", file], f"cannot write {file}: Not a directory; choose another --output"),
    ]:
        assert workspace.refused("--quiet", "report", "--once", *arguments).startswith(f"error: {said}")
    assert not output.exists()
    assert {path.read_text() for path in theirs.iterdir()} == {"theirs"}
    target = workspace.refused("--target", "server", "report", "--once", FIVE)
    assert target == "error: --once has a store of its own: leave out --target\n"


def test_a_machine_without_a_browser_names_the_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    open_page(tmp_path / "index.html", Console())
    assert f"no browser was found: open {tmp_path / 'index.html'}" in capsys.readouterr().err
