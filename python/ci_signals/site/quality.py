"""The checks of the raw rows, for the index and the console."""

from __future__ import annotations

from dataclasses import dataclass

from ci_signals.console import Console
from ci_signals.reader import Reader


@dataclass(frozen=True)
class QualityCheck:
    """A row of rpt_data_quality.

    value and warn_above (the limit): a share (0 to 1) or seconds, as `unit` says. value is None
    when there was nothing to measure. affected, measured: numbers of jobs, test rows or base
    names.
    """

    check_name: str
    title: str
    value: float | None
    unit: str
    warn_above: float
    affected: int
    measured: int
    is_warning: bool
    details_model: str

    @property
    def value_text(self) -> str:
        return "nothing to measure" if self.value is None else self._text(self.value)

    @property
    def limit_text(self) -> str:
        return self._text(self.warn_above)

    def _text(self, number: float) -> str:
        return f"{number:.1%}" if self.unit == "share" else f"{number:,.0f} {self.unit}"


def read_checks(reader: Reader) -> list[QualityCheck]:
    """The checks of the last build, in order; none when they were never built."""
    if not reader.has("rpt_data_quality"):
        return []
    return reader.records(QualityCheck, "rpt_data_quality", "check_number")


def warn_of_quality(checks: list[QualityCheck], console: Console) -> None:
    """Print one warning when checks are past their limits."""
    past = [
        f"{check.check_name} {check.value_text} (limit {check.limit_text})"
        for check in checks
        if check.is_warning
    ]
    if past:
        count = "1 check" if len(past) == 1 else f"{len(past)} checks"
        console.warn(
            f"data quality: {count} past the limit: {', '.join(past)};"
            " see rpt_data_quality and docs/data-quality.md"
        )
