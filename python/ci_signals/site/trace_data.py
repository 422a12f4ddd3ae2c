"""What the pages of a trace show, read from the marts: one query per table, in the tables' order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ci_signals.warehouse import Client, qualified

_STACK = (
    "arrayStringConcat(arrayMap(f -> concat(f.3, ':', ifNull(toString(f.1), '?'), ' in ', f.2, "
    "if(f.4 = '', '', concat('\\n    ', f.4))), {column}), '\\n')"
)
"""A stack as text, outermost frame first: thousands of stacks are too many for a loop in Python."""


@dataclass(frozen=True)
class TraceCard:
    """A trace as a list of traces shows it. url: relative to the site's folder. Times in ms."""

    name: str
    url: str
    compilations: int
    failures: int
    restarts: int
    rejected: int
    total_time_ms: float


@dataclass(frozen=True)
class TraceData:
    """All rows of one trace. The dictionaries are keyed by compilation directory or by page;
    each row is a dictionary of column names, as the marts describe them."""

    card: TraceCard
    compilations: list[dict[str, Any]]
    metrics: dict[str, dict[str, Any]]
    values: dict[str, list[dict[str, Any]]]
    ledger: dict[str, list[dict[str, Any]]]
    events: list[dict[str, Any]]
    events_by_page: dict[str, list[dict[str, Any]]]
    stacks: dict[tuple[int | None, str, int], str]
    specializations: dict[str, list[dict[str, Any]]]
    guards: dict[str, list[dict[str, Any]]]
    distinct_failures: list[dict[str, Any]]
    recompiles: list[dict[str, Any]]
    configs: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    drift: list[dict[str, Any]]


def read_cards(client: Client, database: str) -> list[TraceCard]:
    """The loaded traces, those with failures first."""
    columns = "trace, compilations, failures, restarts, rejected_lines, total_ms"
    table = qualified(database, "dim_traces")
    rows = client.query(f"select {columns} from {table} order by trace_number").result_rows
    return [TraceCard(row[0], f"traces/{row[0]}/index.html", *row[1:]) for row in rows]


def read_metric_keys(client: Client, database: str) -> list[dict[str, Any]]:
    """The metrics keys that the project knows: key, unit, category, meaning."""
    found = client.query(
        f"select metric_key, unit, category, meaning from {qualified(database, 'metric_keys')} "
        "order by position"
    )
    return list(found.named_results())


def read_trace(client: Client, database: str, card: TraceCard) -> TraceData:
    """Everything that the pages of one trace show."""

    def rows(table: str, columns: str, order: str) -> list[dict[str, Any]]:
        found = client.query(
            f"select {columns} from {qualified(database, table)} "
            f"where trace = {{trace:String}} order by {order}",
            parameters={"trace": card.name},
        )
        return list(found.named_results())

    stack_columns = ", ".join(
        f"{_STACK.format(column=column)} as {column}_text" for column in ("user_stack", "framework_stack")
    )
    events = rows("fct_compile_failures", "*", "event_number")
    return TraceData(
        card=card,
        compilations=rows("fct_compilations", "*", "compilation_number"),
        metrics={
            row["page"]: row
            for row in rows(
                "fct_compile_metrics",
                "page, directory, kind, total_ms, backend_ms, file, line_number",
                "page",
            )
        },
        values=_by("page", rows("rpt_metric_values", "page, category, entries", "page, category_number")),
        ledger=_by("page", rows("fct_time_ledger", "page, phase, time_ms, share", "page, phase_number")),
        events=events,
        events_by_page=_by("page", events),
        stacks=_stacks(rows("fct_compile_stacks", "*", "compile_base, occurrence, frame_number")),
        specializations=_by(
            "directory",
            rows(
                "fct_specializations",
                f"directory, symbol, sources, value, reason, {stack_columns}",
                "specialization_number",
            ),
        ),
        guards=_by(
            "directory", rows("fct_fast_guards", f"directory, expression, {stack_columns}", "guard_number")
        ),
        distinct_failures=rows("rpt_distinct_failures", "*", "place"),
        recompiles=rows("rpt_recompiles", "*", "place"),
        configs=rows("dim_compile_configs", "*", "config_page"),
        rejected=rows("fct_rejected_lines", "*", "source_number, file, line_number"),
        drift=rows("rpt_metric_drift", "*", "metric_key"),
    )


def _by(key: str, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return dict(grouped)


def _stacks(frames: list[dict[str, Any]]) -> dict[tuple[int | None, str, int], str]:
    texts: dict[tuple[int | None, str, int], list[str]] = defaultdict(list)
    for frame in frames:
        line = "?" if frame["frame_line"] is None else frame["frame_line"]
        code = f"\n    {frame['frame_code']}" if frame["frame_code"] else ""
        texts[frame["rank"], frame["compile_base"], frame["occurrence"]].append(
            f"{frame['frame_file']}:{line} in {frame['frame_name']}{code}"
        )
    return {key: "\n".join(lines) for key, lines in texts.items()}
