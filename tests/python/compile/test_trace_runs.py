"""Runs of one trace: their names, times and labels, and which ones stay."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ci_loader import Loader, open_loader
from edited_trace import unedited, write_edited
from workspace import INTERMEDIATE, SAMPLE

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.loaded_traces import drop_traces, keep_newest, loaded_traces, unload_trace
from ci_signals.loaders.trace import load_trace
from ci_signals.loaders.trace_runs import run_options

QUIET = Console(quiet=True)
[FIVE] = SAMPLE.glob("traces/05_failures/*.gz")
STARTED = datetime.fromisoformat("2026-11-21T17:38:57.811257")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loader]:
    with open_loader(tmp_path_factory.mktemp("runs")) as loader:
        yield loader


@pytest.fixture
def loader(opened: Loader) -> Loader:
    """A store without traces."""
    for load in loaded_traces(opened.settings, opened.client):
        unload_trace(opened.settings, QUIET, load.trace, dry_run=False)
    return opened


def load(loader: Loader, log: Path, name: str, run: str | None = None, *labels: str) -> None:
    load_trace(loader.settings, QUIET, [log], name, options=run_options(run, labels))


def traces(loader: Loader) -> list[str]:
    return [found.trace for found in loaded_traces(loader.settings, loader.client)]


def test_runs_stay_beside_each_other_and_the_same_one_is_replaced(loader: Loader, tmp_path: Path) -> None:
    later = write_edited(FIVE, tmp_path / "later.log", unedited, days=1)
    load(loader, FIVE, "five", "first", "commit=abc")
    load(loader, later, "five", "second", "commit=def", "host=a b")
    load(loader, FIVE, "five", "first", "commit=0=1")
    load(loader, FIVE, "five")
    load(loader, FIVE, "other")
    found = loaded_traces(loader.settings, loader.client)
    assert [(one.trace, one.trace_name, one.run, one.labels) for one in found] == [
        ("five/second", "five", "second", {"commit": "def", "host": "a b"}),
        ("five", "five", "", {}),
        ("five/first", "five", "first", {"commit": "0=1"}),
        ("other", "other", "", {}),
    ]
    assert [one.run_started_at for one in found[1:3]] == [STARTED, STARTED]
    assert {one.lines for one in found} == {452 + 290}  # records, and payloads of them
    stored = loader.client.query("select count() from ci_raw.trace_runs").first_row
    assert stored == (4,)


def test_a_run_is_named_by_the_time_of_its_log(loader: Loader, tmp_path: Path) -> None:
    load(loader, FIVE, "log", "auto")
    load(loader, INTERMEDIATE / "05_failures", "intermediate", "auto")
    without_metrics = tmp_path / "plain.log"
    without_metrics.write_text('V0102 03:04:05.000001 1 a.py:1] {"str": ["a", 0]}\n')
    summer = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    os.utime(without_metrics, (summer, summer))
    load(loader, without_metrics, "plain", "auto")
    assert traces(loader) == [
        "intermediate/2026-11-21T173857",
        "log/2026-11-21T173857",
        "plain/2026-01-02T030405",
    ]
    without_metrics.write_text('V9999 99:99:99.000001 1 a.py:1] {"str": ["a", 0]}\n')
    with pytest.raises(UserError, match="no record of odd has a time to name its run by: give --run a name"):
        load(loader, without_metrics, "odd", "auto")
    assert len(traces(loader)) == 3


@pytest.mark.parametrize("run", ["", "..", ".x", "-x", "a/b", "a b", "é", "x" * 101, "a\n", "../../etc"])
def test_a_run_that_cannot_be_a_folder_is_refused(run: str) -> None:
    with pytest.raises(UserError, match="cannot name a run"):
        run_options(run, ())


@pytest.mark.parametrize("label", ["", "a", "=b", "a=", "a b=c", "a=" + "x" * 201, "é=1"])
def test_a_label_that_is_no_pair_is_refused(label: str) -> None:
    with pytest.raises(UserError, match="is not KEY=VALUE"):
        run_options(None, [label])


def test_a_label_has_one_value() -> None:
    with pytest.raises(UserError, match="--label a is given twice"):
        run_options(None, ["a=1", "a=2"])


def test_runs_are_dropped_by_name_by_run_and_by_age(loader: Loader, tmp_path: Path) -> None:
    for day in (2, 0, 1):
        log = write_edited(FIVE, tmp_path / f"{day}.log", unedited, days=day)
        for name in ("one", "two"):
            load(loader, log, name, f"day{day}")
    load(loader, FIVE, "three")
    drop_traces(loader.settings, QUIET, "one/day1")
    assert traces(loader) == ["one/day2", "one/day0", "three", "two/day2", "two/day1", "two/day0"]
    keep_newest(loader.settings, QUIET, 1)
    assert traces(loader) == ["one/day2", "three", "two/day2"]
    drop_traces(loader.settings, QUIET, "one")
    assert traces(loader) == ["three", "two/day2"]
    with pytest.raises(UserError, match="no trace 'one' is loaded; loaded are: three, two/day2"):
        drop_traces(loader.settings, QUIET, "one")
    stored = (
        "select (select count() from ci_raw.trace_runs), (select uniqExact(load_id) from ci_raw.trace_lines)"
    )
    assert loader.client.query(stored).first_row == (2, 2)


def test_a_store_of_an_older_version_has_traces_without_runs(loader: Loader) -> None:
    load(loader, FIVE, "five")
    loader.client.command("drop table ci_raw.trace_runs")
    [found] = loaded_traces(loader.settings, loader.client)
    assert (found.trace, found.trace_name, found.run, found.run_started_at, found.labels) == (
        *("five", "five", ""),
        None,
        {},
    )
    unload_trace(loader.settings, QUIET, "five", dry_run=False)
    load(loader, FIVE, "five", "again")
    assert traces(loader) == ["five/again"]
