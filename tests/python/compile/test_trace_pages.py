"""The pages of the fixtures: what they say and escape, and that pages of a removed trace are removed."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from workspace import Workspace


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_every_link_of_every_page_leads_somewhere(site: Path) -> None:
    broken = set()
    for page in (site / "traces").rglob("*.html"):
        for target in re.findall(r'(?:href|src|data-url)="([^"#]+)', read(page)):
            path = html.unescape(target)
            if not path.startswith(("http://", "https://")) and not (page.parent / path).exists():
                broken.add((page.relative_to(site), path))
    assert broken == set()


def test_diagnostics_count_the_failures(site: Path) -> None:
    failing = read(site / "traces/05_failures/index.html")
    assert '<span class="warning">15 failure(s)</span>' in failing
    assert 'href="failures_and_restarts.html"' in failing
    assert '<span class="success">No failures</span>' in read(site / "traces/03_dynamic_shapes/index.html")


def test_the_compile_directory_has_summaries_and_pages(site: Path) -> None:
    folder = site / "traces/06_backward"
    directory = json.loads(read(folder / "compile_directory.json"))
    entry = directory["0_0_0"]
    assert entry["display_name"] == "[0/0]"
    assert entry["metrics_summary"] == {
        "status": "success",
        "total_time_ms": 8959.519,
        "backend_time_ms": 8739.677,
        "cache_status": "miss",
    }
    assert entry["artifacts"] == [
        {"name": f"{kind}.html", "url": f"0_0_0/{kind}.html", "lazy_loader": "loader.renderMetrics"}
        for kind in ("compilation_metrics", "bwd_compilation_metrics")
    ]
    assert directory["2_0_0"]["status"] == "failure"
    assert directory["3_0_0"]["status"] == "restarted"
    pages = {artifact["url"] for entry in directory.values() for artifact in entry["artifacts"]}
    assert pages == {str(page.relative_to(folder)) for page in folder.glob("[0-9]*/*.html")}


def test_a_metrics_page_shows_all_that_is_known(site: Path) -> None:
    page = read(site / "traces/03_dynamic_shapes/1_0_0/compilation_metrics.html")
    for part in [
        "Where the time went",
        "User stack, newest frame last",
        "/workspace/programs/p03_dynamic_shapes.py:13 in guards",
        "Guards added fast",
        "guard_count",
        "framework stack",
        "../configs/dynamo_config_",
    ]:
        assert part in page, part


def test_specializations_have_symbol_source_and_stacks(site: Path) -> None:
    page = read(site / "traces/05_failures/5_0_0/compilation_metrics.html")
    for part in [
        "Symbolic shape specializations",
        "s77",
        "L[&#39;x&#39;].size()[0]",
        "range_refined_to_singleton",
        "/workspace/programs/p05_failures.py:43 in constraint",
    ]:
        assert part in page, part


def test_guards_of_an_attempt_that_was_given_up_have_a_page(site: Path) -> None:
    page = read(site / "traces/03_dynamic_shapes/2_0_0/compilation.html")
    assert "restarted" in page
    assert "Guards added fast" in page


def test_the_index_begins_with_the_run_and_its_time(site: Path) -> None:
    index = read(site / "traces/06_backward/index.html")
    run, *_ = re.findall(r'<p class="soft run">(.*)</p>', index)
    assert run.startswith("2026-11-21 17:36:05 UTC")
    for part in ["torch 2.13.0+cpu", "Python 3.11.7", "/workspace/programs/p06_backward.py"]:
        assert part in run, part
    assert '<span class="time" title="8,959.5 ms">9.0 s</span>' in index
    assert index.index('id="phases"') < index.index('id="functions"') < index.index('id="diagnostics"')
    ranks = read(site / "traces/12_multirank/index.html")
    assert "<dt>Compile time of the slowest of 2 ranks</dt>" in ranks
    assert "<dt>All ranks added up</dt>" in ranks


def test_a_metrics_page_compares_and_gives_the_reason_before_the_values(site: Path) -> None:
    page = read(site / "traces/03_dynamic_shapes/6_1_0/compilation_metrics.html")
    assert "<b>Slow</b>: 1.2 s, 6.0 times the median" in page
    assert "Compilation 2 of 3 of this function" in page
    assert page.index("Why it was compiled again") < page.index("<code>recompile_reason</code>")
    assert "1.2 s <small>1.225537 s</small>" in page
    assert "<h2>Failure</h2>" not in page
    empty = page[page.index("empty values</summary>") :]
    assert re.search(r"<code>restart_reasons</code></th><td>\[\]", empty)


def test_each_reason_is_listed_once_with_its_places_and_links(site: Path) -> None:
    page = read(site / "traces/04_graph_breaks/failures_and_restarts.html")
    reasons = page[: page.index('id="events"')]
    assert reasons.count("Failed to trace builtin operator\n") == 2  # the summary and the text
    assert "<summary>4 places</summary>" in reasons
    address = "https://meta-pytorch.github.io/compile-graph-break-site/gb/gb0059.html"
    assert f'<a href="{address}" rel="noopener noreferrer">{address}</a>' in reasons
    assert page.count('<tr id="event-') == 9


def test_backward_pages_link_to_their_forward(site: Path) -> None:
    page = read(site / "traces/06_backward/2_0_0/bwd_compilation_metrics.html")
    assert 'href="compilation_metrics.html"' in page
    assert "backward compiler refused: &lt;b&gt;bold&lt;/b&gt;" in page


def test_text_of_a_log_is_never_markup(site: Path) -> None:
    folder = site / "traces/10_unicode_html"
    for page in [*folder.rglob("*.html")]:
        text = read(page)
        for markup in (
            "<script>alert",
            "<img src=x",
            "<b>bold",
            "<x>&y",
            "<tab>",
            "</pre></td>",
            "<h1>pwned",
        ):
            assert markup not in text, (page, markup)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in read(folder / "failures_and_restarts.html")
    assert "größe_функция" in read(folder / "index.html")


def test_a_long_reason_is_folded(site: Path) -> None:
    page = read(site / "traces/10_unicode_html/failures_and_restarts.html")
    assert re.search(
        r"<details[^>]*><summary>[^<]{0,200} … <span[^>]*>\(200,046 characters\)</span></summary>", page
    )


def test_ranks_have_folders_of_their_own(site: Path) -> None:
    folder = site / "traces/12_multirank"
    assert (folder / "rank_0_0_0_0/compilation_metrics.html").exists()
    assert (folder / "rank_1_8_0_0/compilation_metrics.html").exists()
    assert "rank 1" in read(folder / "index.html")


def test_both_doors_give_the_same_pages(site: Path) -> None:
    for folder in (site / "traces").glob("*.intermediate"):
        logs = folder.with_name(folder.name.removesuffix(".intermediate"))
        for page in folder.rglob("*.html"):
            ours = read(page).replace(folder.name, logs.name)
            assert ours == read(logs / page.relative_to(folder)), page
        assert read(folder / "compile_directory.json") == read(logs / "compile_directory.json")


def test_pages_of_a_trace_that_is_gone_go(traces: Workspace, site: Path) -> None:
    stale = site / "traces" / "gone"
    stale.mkdir()
    (stale / "index.html").write_text("old")
    (site / ".new-of-a-killed-run").mkdir()
    assert traces.render() == site
    assert not stale.exists()
    assert [entry.name for entry in site.iterdir() if entry.name.startswith(".")] == []
