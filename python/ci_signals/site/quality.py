"""The checks of the raw rows, as the index and the console show them."""

from __future__ import annotations

from dataclasses import dataclass

from ci_signals.console import Console
from ci_signals.warehouse import Client, has_table, qualified


@dataclass(frozen=True)
class QualityCheck:
    """A row of rpt_data_quality.

    value and limit: a share (0 to 1) or seconds, as `unit` says; value is None where there
    was nothing to measure. affected, measured: jobs, test rows or base names.
    """

    name: str
    title: str
    value: float | None
    unit: str
    limit: float
    affected: int
    measured: int
    is_warning: bool
    model: str

    @property
    def value_text(self) -> str:
        return "nothing to measure" if self.value is None else self._text(self.value)

    @property
    def limit_text(self) -> str:
        return self._text(self.limit)

    def _text(self, number: float) -> str:
        return f"{number:.1%}" if self.unit == "share" else f"{number:,.0f} {self.unit}"


def read_checks(client: Client, database: str) -> list[QualityCheck]:
    """The checks of the last build in their order; none when they were never built."""
    if not has_table(client, database, "rpt_data_quality"):
        return []
    rows = client.query(
        "select check_name, title, value, unit, warn_above, affected, measured, is_warning = 1, details_model"
        f" from {qualified(database, 'rpt_data_quality')} order by check_number"
    ).result_rows
    return [QualityCheck(*row) for row in rows]


def warn_of_quality(client: Client, database: str, console: Console) -> None:
    """One line on the console when a check is past its limit."""
    past = [
        f"{check.name} {check.value_text} (limit {check.limit_text})"
        for check in read_checks(client, database)
        if check.is_warning
    ]
    if past:
        count = "1 check" if len(past) == 1 else f"{len(past)} checks"
        console.warn(
            f"data quality: {count} past the limit: {', '.join(past)};"
            " see rpt_data_quality and docs/data-quality.md"
        )
