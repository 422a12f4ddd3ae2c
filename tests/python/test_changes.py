"""signals diff --since: what broke, was fixed and became flaky in the last build, without saved files."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from terminal import on_terminal, without_colours
from workspace import Workspace, read_jsonl

from ci_signals.errors import UserError
from ci_signals.terminal.changes import since_moment

AS_OF = datetime(2026, 11, 20, 12, 0)


@pytest.fixture(scope="module")
def sample(demo_site: Path) -> Workspace:
    return Workspace(demo_site.parent)


def test_changes_are_those_that_the_sample_tells(sample: Workspace) -> None:
    done = sample.signals("diff", "--since", "24h", "--json", check=False)
    assert done.returncode == 1
    changes = [json.loads(line) for line in done.stdout.splitlines()]
    assert Counter(change["change"] for change in changes) == {"broke": 6, "fixed": 11, "flaky": 2}
    assert "6 broke, 11 fixed, 2 newly flaky" in done.stderr
    incidents = {
        incident["incident_id"]: incident for incident in read_jsonl(sample.site / "incidents.jsonl")
    }
    for name, incident in incidents.items():
        kind = "broke" if incident["status"] == "red" else "fixed"
        of_incident = [change for change in changes if change["incident_id"] == name]
        assert {change["change"] for change in of_incident} == {kind}
        assert {change["signal_id"] for change in of_incident} == {
            signal["signal_id"] for signal in incident["signals"]
        }
    assert [change["incident_id"] for change in changes[:4]] == [
        name
        for name, incident in incidents.items()
        if incident["status"] == "red"
        for _ in incident["signals"]
    ]
    # a test on the commit that stands at 08:50 began to fail at 09:30
    late = sample.signals("--quiet", "diff", "--since", "2026-11-20T10:00:00+01:00", check=False)
    (line,) = late.stdout.splitlines()
    assert line.split("\t")[0:2] == ["broke", "2026-11-20T09:30:23"]
    assert line.endswith("\tdynamo/test_functions.py::test_partialmethod_on_module")


def test_summary_counts_by_incident_and_says_what_is_not_known(sample: Workspace) -> None:
    done = sample.signals("diff", "--since", "7d", "--summary", check=False)
    counts = [line.split("\t") for line in done.stdout.splitlines()]
    assert sum(int(signals) for _, _, signals in counts) == 19
    assert [(kind, signals) for kind, _, signals in counts[:3]] == [
        ("broke", "1"),
        ("broke", "3"),
        ("broke", "2"),
    ]
    assert "verdicts are known since 2026-11-19 12:00 UTC" in done.stderr
    code, text = on_terminal(sample, "diff", "--since", "24h")
    drawn = without_colours(text)
    assert code == 1
    assert f"broke: 3 signals  incident {counts[1][1]}\n" in drawn
    assert "newly flaky: 2 signals\n" in drawn


def test_nothing_new_is_exit_code_0(sample: Workspace) -> None:
    done = sample.signals("diff", "--since", "1m")
    assert done.stdout == ""
    assert "no change" in done.stderr


def test_moments_count_back_from_the_end_of_the_window(sample: Workspace) -> None:
    assert since_moment("90m", AS_OF) == datetime(2026, 11, 20, 10, 30)
    assert since_moment("2d", AS_OF) == datetime(2026, 11, 18, 12, 0)
    assert since_moment("2026-11-20T01:00:00+02:00", AS_OF) == datetime(2026, 11, 19, 23, 0)
    for text in ("yesterday", "24", "-24h", "999999d", "2026-11-20T12:00:00", "0h"):
        with pytest.raises(UserError, match="--since"):
            since_moment(text, AS_OF)
    for arguments, message in (
        (("--since", "soon"), "is not a time"),
        ((), "the signals.jsonl of two builds"),
        (("--summary",), "--summary needs --since"),
        (("a.jsonl", "b.jsonl", "--since", "24h"), "one of these"),
    ):
        assert message in sample.refused("diff", *arguments)
