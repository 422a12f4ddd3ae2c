"""The parts of the index's plots."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ci_signals.site.trend import Step, Trend, duration

START = datetime(2026, 11, 20)
EMPTY = Step(START, START + timedelta(hours=3), 0, 0, None, None, 0, None)


def steps(reds: list[float | None]) -> list[Step]:
    return [replace(EMPTY, red_per_commit=red) for red in reds]


def test_two_points_are_no_trend() -> None:
    assert Trend(steps([4.0, None, 2.0]), 3).plots == []
    assert Trend([], 3).plots == []


def test_bars_are_shares_of_the_highest_and_gaps_stay_gaps() -> None:
    (plot,) = Trend(steps([4.0, None, 1.0, 0.0]), 3).plots
    assert plot.title == "red signals per commit"
    assert plot.bars() == [(0, 1.0, "4.0"), (2, 0.25, "1.0"), (3, 0.0, "0.0")]
    assert plot.newest == "0.0"
    (nothing,) = Trend(steps([0.0, 0.0, 0.0]), 3).plots
    assert [height for _, height, _ in nothing.bars()] == [0.0, 0.0, 0.0]


def test_a_share_has_the_whole_as_its_top() -> None:
    shares = [replace(EMPTY, commits=4, clean_commits=n, clean_share=n / 4) for n in (1, 2, 1)]
    (plot,) = Trend(shares, 3).plots
    assert plot.bars() == [(0, 0.25, "1 of 4"), (1, 0.5, "2 of 4"), (2, 0.25, "1 of 4")]


def test_minutes_for_people() -> None:
    assert [duration(minutes) for minutes in (59, 61, 2879, 2880)] == [
        "59 min",
        "1 h 01 min",
        "47 h 59 min",
        "2 d 0 h",
    ]
