"""Pages about a trace as a whole: advice, ranks, tree of stacks, torch's own spans, events for Perfetto."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from workspace import TRACES, Workspace

from ci_signals.loaders.files import open_bytes

RANK_LOGS = sorted((TRACES / "12_multirank").glob("*.log.gz"))


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def spans_of(page: Path) -> list[dict[str, Any]]:
    text = read(page.with_name("data") / "spans.js")
    rows: list[dict[str, Any]] = json.loads(text.removeprefix('siteData("spans",').removesuffix(");\n"))
    return rows


def differences(traces: Workspace, trace: str) -> list[tuple[Any, ...]]:
    """(step, compile id, aspect, ranks by value) in order."""
    rows = traces.rows(
        f"select * from rpt_rank_divergence where trace = '{trace}' order by divergence_number"
    )
    return [
        (
            row["step_number"],
            row["display_name"],
            row["aspect"],
            [(group["aspect_value"], group["ranks"]) for group in row["aspect_groups"]],
        )
        for row in rows
    ]


def test_ranks_that_did_the_same_raise_no_alarm(traces: Workspace, site: Path) -> None:
    assert differences(traces, "agreeing_ranks") == []
    folder = site / "traces/agreeing_ranks"
    assert "All 2 ranks compiled the same" in read(folder / "ranks.html")
    assert "Ranks part" not in read(folder / "index.html")


def test_where_ranks_part_comes_first(traces: Workspace, site: Path) -> None:
    assert differences(traces, "parting_ranks") == [
        (1, "[0/0]", "graph", [("5 ops, 7 nodes, 1 inputs", [0, 1, 4]), ("6 ops, 7 nodes, 1 inputs", [3])]),
        (9, "[5/0]", "compiled", [("compiled", [0, 1, 3]), ("not compiled", [4])]),
        (
            9,
            "[5/0]",
            "collectives",
            [('["all_reduce","all_gather"]', [0, 3]), ('["all_gather","all_reduce"]', [1])],
        ),
        (9, "[5/0]", "cache", [("miss", [0, 1]), ("mixed", [3])]),
    ]
    states = traces.rows("select rank, state from rpt_ranks where trace = 'parting_ranks' order by rank")
    assert [row["state"] for row in states] == ["complete", "complete", "no log", "complete", "ends early"]
    page = read(site / "traces/parting_ranks/index.html")
    assert "Rank 2: no log." in page
    assert 'Rank 4: ends early, last <span class="mono">[4/0]</span>' in page
    assert "graphs of other sizes" in read(site / "traces/parting_ranks/ranks.html")


def test_the_others_wait_for_the_slowest_rank(traces: Workspace) -> None:
    waits = traces.rows(
        "select * from rpt_rank_waits where trace = '12_multirank' order by wait_number limit 1"
    )
    assert [(row["display_name"], row["slowest_rank"], row["wait_ms"]) for row in waits] == [
        ("[3/0_1]", 1, 107.787)
    ]


def test_a_trace_of_one_rank_has_no_page_of_ranks(site: Path) -> None:
    assert not (site / "traces/05_failures/ranks.html").exists()
    assert "ranks.html" not in read(site / "traces/05_failures/index.html")


def test_advice_has_numbers_and_places(traces: Workspace, site: Path) -> None:
    rows = traces.rows("select * from rpt_advice where trace = '03_dynamic_shapes' order by advice_number")
    found = {(row["rule"], row["function"], row["function_line"]): row for row in rows}
    fixed = found["specialized_dimension", "specialize", 4]
    assert fixed["finding"] == (
        "1 recompilation for dimension 0 of tensor x (sizes 10, 12); the code fixes it to 10"
        " (range_refined_to_singleton)"
    )
    assert (fixed["times"], fixed["cost_ms"], fixed["page"]) == (1, 296.45, "0_1_0/compilation_metrics.html")
    assert found["guard_latency", "specialize", 4]["amount"] == 262
    costs = [row["cost_ms"] for row in rows if row["cost_ms"] is not None]
    assert costs == sorted(costs, reverse=True)
    page = read(site / "traces/03_dynamic_shapes/index.html")
    assert "the code fixes it to 10" in page
    assert f'<a href="advice.html">{len(rows)} findings' in page


def test_only_torchs_own_pages_become_links(site: Path) -> None:
    links = set()
    for page in (site / "traces").rglob("advice.html"):
        links |= set(re.findall(r'href="(https?://[^"]*)"', read(page)))
    assert links
    assert all(
        re.fullmatch(r"https://meta-pytorch\.github\.io/compile-graph-break-site/gb/gb\d+\.html", link)
        for link in links
    )


def test_every_compilation_with_a_stack_stands_in_the_tree(traces: Workspace) -> None:
    query = (
        "select (select sum(length(ended_here)) from rpt_stack_trie) as ended,"
        " (select uniqExact(trace, ifNull(rank, -1), compile_base, occurrence)"
        " from fct_compile_stacks) as stacks,"
        " (select sum(compilations) from rpt_stack_trie where depth = 1) as from_the_roots"
    )
    (row,) = traces.rows(query)
    assert row["ended"] == row["stacks"] == row["from_the_roots"] > 100


@pytest.mark.parametrize("trace", ["12_multirank", "06_backward", "06_backward.intermediate"])
def test_events_are_json_with_a_process_per_rank(site: Path, trace: str) -> None:
    folder = site / "traces" / trace
    events = json.loads(read(folder / "chromium_events.json"))
    named = {event["pid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    assert named == ({0: "rank 0", 1: "rank 1"} if trace == "12_multirank" else {0: "file 0"})
    spans = [event for event in events if event["ph"] != "M"]
    assert {event["pid"] for event in spans} == set(named)
    assert all(event["ts"] > 1.7e15 for event in spans)
    if trace == "12_multirank":
        logged = [gzip.decompress(path.read_bytes()).count(b'{"chromium_event"') for path in RANK_LOGS]
        assert [sum(event["pid"] == rank for event in spans) for rank in (0, 1)] == logged == [186, 246]
        rank_1 = json.loads(read(folder / "chromium_events_rank_1.json"))
        assert {event["pid"] for event in rank_1} == {1}
        assert len(rank_1) == 247
    if trace.endswith("intermediate"):
        assert {event["ph"] for event in spans} == {"X"}
        assert len(spans) == 11


def test_own_times_of_spans_add_up_to_what_they_cover(traces: Workspace, site: Path) -> None:
    spans = spans_of(site / "traces/06_backward/spans.html")
    query = (
        "select sum(span_ms) as covered from int_torch_spans"
        " where trace = '06_backward' and span_name in ('dynamo', 'entire_backward_compile')"
    )
    (outer,) = traces.rows(query)
    assert sum(row["own_ms"] for row in spans) == pytest.approx(outer["covered"], abs=0.1)
    assert spans[0]["span_name"] == "compile_file"
    assert spans_of(site / "traces/06_backward.intermediate/spans.html") == []


def test_pages_open_in_a_browser(browser: Browser, site: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 800})
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((site / "traces/12_multirank/index.html").as_uri())
    page.get_by_role("link", name="Torch's own spans").click()
    expect(page.locator("#spans tbody tr").first).to_contain_text("Scheduler.codegen")
    page.goto((site / "traces/06_backward.intermediate/spans.html").as_uri())
    expect(page.locator("#no-spans")).to_contain_text("The log has no spans")
    for name in ("advice", "ranks", "stacks"):
        page.goto((site / f"traces/parting_ranks/{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name
    page.close()
    assert problems == []


def test_faults_of_a_gpu_have_their_causes(traces: Workspace, site: Path) -> None:
    rows = traces.rows(
        """
        select function, rule
        from rpt_advice
        where trace = '24_faults' and rule in (select rule from failure_causes)
        order by function
        """
    )
    assert [(row["function"], row["rule"]) for row in rows] == [
        ("after_the_assertion", "device_fault"),
        ("names_nothing", "kernel_source"),
        ("no_fake_kernel", "missing_fake"),
        ("no_memory_to_compile", "out_of_memory"),
        ("not_a_power_of_two", "kernel_source"),
        ("out_of_resources", "kernel_too_large"),
        ("wrong_devices", "mixed_devices"),
    ]
    advice = read(site / "traces/24_faults/advice.html")
    assert "CompilationError: at 2:21: arange&#39;s range must be a power of 2" in advice
    assert "2 versions of at most 2; torch refused 2 more" in advice


def test_what_runs_later_does_not_hide_a_restart(traces: Workspace) -> None:
    rows = traces.rows(
        "select display_name, status, runtime_metrics > 0 as ran from fct_compilations"
        " where trace = '21_cuda_graphs' and compile_base = '4_0' order by attempt"
    )
    found = [(row["display_name"], row["status"], bool(row["ran"])) for row in rows]
    assert found == [("[4/0]", "restarted", True), ("[4/0_1]", "success", False)]


def test_work_at_run_time_is_attributed(traces: Workspace) -> None:
    rows = traces.rows(
        """
        select
            trace,
            sumIf(time_ms, phase in ('autotuning', 'cuda_graphs')) as known,
            sumIf(time_ms, phase = 'unattributed') as rest
        from fct_time_ledger
        where page like '%_runtime%' and trace like '2%' and trace != '28_ahead_of_time'
        group by trace
        """
    )
    assert {row["trace"] for row in rows} >= {"20_triton_kernels", "21_cuda_graphs", "22_autotuning"}
    for row in rows:
        assert row["known"] > 1 > abs(row["rest"]), row


def test_a_killed_program_is_no_good_news(traces: Workspace, site: Path) -> None:
    folder = site / "traces/29_killed"
    for page in ("index.html", "failures_and_restarts.html"):
        assert "No failures in the log" in read(folder / page)
        assert '<span class="success">No failures' not in read(folder / page)
    assert "1 compilation without an end in the log" in read(folder / "index.html")
    assert "A compilation has no end in the log" in read(folder / "advice.html")
    [row] = re.findall(r"<tr[^>]*><th[^>]*><a[^>]*>29_killed</a>.*?</tr>", read(site / "index.html"))
    assert "1 unfinished" in row
    assert read(site / "index.html").count(" unfinished</small>") == 1


def test_a_compilation_ahead_of_time_counts(traces: Workspace) -> None:
    [row] = traces.rows("select total_ms from dim_traces where trace = '28_ahead_of_time'")
    assert row["total_ms"] > 50_000


def test_kernels_are_as_the_log_has_them(traces: Workspace, site: Path) -> None:
    [log] = (TRACES / "20_triton_kernels").glob("*.log.zst")
    wanted: dict[str, list[int]] = {}
    with open_bytes(log) as lines:
        for line in lines:
            for pairs in re.findall(rb'"triton_kernel_compile_times_us": ("(?:[^"\\]|\\.)*")', line):
                for kernel, us in json.loads(json.loads(pairs)):
                    wanted.setdefault(kernel, []).append(us)
    rows = traces.rows(
        "select * from rpt_kernel_times where trace = '20_triton_kernels' order by kernel_number"
    )
    assert [(row["kernel"], row["times"], round(row["total_ms"] * 1e3)) for row in rows] == sorted(
        ((kernel, len(us), sum(us)) for kernel, us in wanted.items()), key=lambda row: -row[2]
    )
    assert len(rows) > 5
    assert "scaled_add" in wanted
    index = read(site / "traces/20_triton_kernels/index.html")
    assert all(row["kernel"] in index for row in rows)
    assert "how long compiling took" not in read(site / "traces/03_dynamic_shapes/index.html")
