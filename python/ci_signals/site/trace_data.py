"""Read what the pages of a trace show: one query per relation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ci_signals.errors import UserError
from ci_signals.reader import Reader
from ci_signals.run_words import labels_text, trend_url

# Labels that the page says from the log itself.
_VERSIONS = {"torch", "python", "cuda", "triton"}


@dataclass(frozen=True)
class TraceCard:
    """A trace in a list of traces. url: relative to the site's folder. rejected: lines set aside.

    unfinished: compilations without an end in the log. title, runs: name of what was compiled, and how many
    runs of it are loaded. run_number: 1 for the newest. run: its name or time. labels: as text, no versions.
    trend_url, compare_url: as url; "" for one run.
    """

    name: str
    url: str
    compilations: int
    failures: int
    restarts: int
    rejected: int
    total_time_ms: float
    unfinished: int = 0
    title: str = ""
    runs: int = 1
    run_number: int = 1
    run: str = ""
    labels: str = ""
    trend_url: str = ""
    compare_url: str = ""


@dataclass(frozen=True)
class TraceData:
    """All rows of one trace, as dictionaries of column names.

    Keys: metrics, values, ledger, unusual and events_by_page by page; specializations and guards by the
    compilation's directory; stacks by rank, compile base and occurrence. head: None without metrics.
    """

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
    kernels: list[dict[str, Any]]
    configs: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    drift: list[dict[str, Any]]
    head: dict[str, Any] | None
    ranks: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    unusual: dict[str, list[dict[str, Any]]]


def has_traces(reader: Reader) -> bool:
    """Whether there are traces to show."""
    return reader.has("dim_traces") and bool(read_cards(reader))


def read_cards(reader: Reader) -> list[TraceCard]:
    """The loaded traces, those with failures first. Raises UserError for tables of an older version."""
    rows = reader.rows("dim_traces", "trace_number")
    if rows and "unfinished" not in rows[0]:
        raise UserError("the tables of traces are of an older version: run signals build")
    compared: dict[str, str] = {}
    if reader.has("dim_run_pairs"):
        pairs = reader.rows("dim_run_pairs", "after_trace", "is_previous_pair")
        compared = {row["after_trace"]: row["page"] for row in pairs}
    return [
        TraceCard(
            row["trace"],
            f"traces/{row['folder']}/index.html",
            row["compilations"],
            row["failures"],
            row["restarts"],
            row["rejected_lines"],
            row["total_ms"],
            unfinished=row["unfinished"],
            title=row["trace_name"],
            runs=row["runs"],
            run_number=row["run_number"],
            run=row["run"] or f"{row['run_started_at']:%Y-%m-%d %H:%M:%S}",
            labels=labels_text({key: text for key, text in row["labels"].items() if key not in _VERSIONS}),
            trend_url=trend_url(row["trace_name"]) if compared and row["runs"] > 1 else "",
            compare_url=compared.get(row["trace"], ""),
        )
        for row in rows
    ]


def read_shared(reader: Reader) -> tuple[dict[str, dict[str, Any]], dict[str, list[dict[str, Any]]]]:
    """page_trace_heads and rpt_unusual_metrics by trace. They are small, and planning their queries takes
    longer than reading all rows."""
    heads = {row["trace"]: row for row in reader.rows("page_trace_heads", "trace")}
    return heads, _by("trace", reader.rows("rpt_unusual_metrics", "trace, page, rule_number"))


def read_trace(
    reader: Reader, card: TraceCard, head: dict[str, Any] | None, unusual: list[dict[str, Any]]
) -> TraceData:
    """Everything that the pages of one trace show."""

    def rows(table: str, order: str) -> list[dict[str, Any]]:
        return reader.rows(table, order, "trace = {trace:String}", trace=card.name)

    events = rows("fct_compile_failures", "event_number")
    return TraceData(
        card=card,
        compilations=rows("fct_compilations", "compilation_number"),
        metrics={row["page"]: row for row in rows("page_metrics", "page")},
        values=_by("page", rows("rpt_metric_values", "page, category_number")),
        ledger=_by("page", rows("fct_time_ledger", "page, phase_number")),
        events=events,
        events_by_page=_by("page", events),
        stacks={
            (row["rank"], row["compile_base"], row["occurrence"]): row["stack_text"]
            for row in rows("page_stacks", "compile_base, occurrence")
        },
        specializations=_by("directory", rows("page_specializations", "specialization_number")),
        guards=_by("directory", rows("page_fast_guards", "guard_number")),
        distinct_failures=rows("rpt_distinct_failures", "failure_number"),
        recompiles=rows("rpt_recompiles", "function_number"),
        kernels=rows("rpt_kernel_times", "kernel_number"),
        configs=rows("dim_compile_configs", "config_page"),
        rejected=rows("fct_rejected_lines", "source_number, file, line_number"),
        drift=rows("rpt_metric_drift", "metric_key"),
        head=head,
        ranks=rows("rpt_rank_times", "rank_number"),
        functions=rows("rpt_function_times", "function_number"),
        unusual=_by("page", unusual),
    )


def _by(key: str, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row[key]].append(row)
    return dict(grouped)
