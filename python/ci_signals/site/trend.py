"""The index's trends: three plots over the steps of the time that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ci_signals.reader import Reader

# Fewer points than this tell no trend.
FEWEST_POINTS = 3


@dataclass(frozen=True)
class Step:
    """A row of rpt_trend: commits that began in the step. Values are None where nothing is known."""

    starts_at: datetime
    ends_at: datetime
    commits: int
    clean_commits: int
    red_per_commit: float | None
    clean_share: float | None
    fixed_signals: int
    median_fix_minutes: int | None


@dataclass(frozen=True)
class Plot:
    """A bar per step, oldest first. style: of the bars. values: None where nothing is known. top: the
    value at the upper edge. texts: what each value says."""

    title: str
    style: str
    values: list[float | None]
    top: float
    texts: list[str]

    @property
    def is_known(self) -> bool:
        """Whether there are enough points to draw."""
        return sum(value is not None for value in self.values) >= FEWEST_POINTS

    @property
    def newest(self) -> str:
        """The text of the newest bar."""
        return self.bars()[-1][2]

    def bars(self) -> list[tuple[int, float, str]]:
        """(step, height from 0 to 1, text) of every step with a value."""
        return [
            (step, value / self.top if self.top else 0.0, text)
            for step, (value, text) in enumerate(zip(self.values, self.texts, strict=True))
            if value is not None
        ]


@dataclass(frozen=True)
class Trend:
    """The steps, oldest first, and what is drawn of them; step_hours: length of a step."""

    steps: Sequence[Step]
    step_hours: int

    @property
    def plots(self) -> list[Plot]:
        """The plots that have enough points."""
        steps = self.steps
        plots = [
            _plot(
                "red signals per commit",
                "failing",
                [step.red_per_commit for step in steps],
                [f"{step.red_per_commit or 0:.1f}" for step in steps],
            ),
            _plot(
                "commits without a red signal",
                "passing",
                [step.clean_share for step in steps],
                [f"{step.clean_commits} of {step.commits}" for step in steps],
                top=1.0,
            ),
            _plot(
                "from break to fix (median)",
                "fix",
                [step.median_fix_minutes for step in steps],
                [f"{duration(step.median_fix_minutes or 0)}, {step.fixed_signals} fixed" for step in steps],
            ),
        ]
        return [plot for plot in plots if plot.is_known]


def _plot(
    title: str, style: str, values: Sequence[float | None], texts: list[str], top: float | None = None
) -> Plot:
    highest = max((value for value in values if value is not None), default=0.0)
    return Plot(title, style, list(values), highest if top is None else top, texts)


def duration(minutes: int) -> str:
    """Minutes for people."""
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h {minutes % 60:02} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def read_trend(reader: Reader) -> Trend | None:
    """The trends of the last build; None when too little is known for any plot."""
    steps = reader.records(Step, "rpt_trend", "step_number")
    trend = Trend(steps, reader.rows("rpt_known_span", "as_of")[0]["step_hours"])
    return trend if trend.plots else None
