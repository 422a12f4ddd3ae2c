"""The pages obey their content policy, which lets no other script run; links keep to their repository."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page
from workspace import PROJECT

from ci_signals.links import github
from ci_signals.serve import HOST, open_server
from ci_signals.site.home import BreakingCommit, SignalsCard
from ci_signals.site.incidents import Incident, Incidents
from ci_signals.site.index import render_index

TEMPLATES = PROJECT / "python/ci_signals/templates"
HOSTILE = ("../../../attacker/repo?x=#", '"><script>', "a b\\c", "%2e%2e/x", "é🔥", "javascript:alert(1)", "")


def visit_all(page: Page, site: str) -> None:
    """Open a page of every kind, and what it fetches or draws on demand."""
    page.goto(f"{site}/index.html")
    page.goto(f"{site}/dictionary.html")
    page.goto(f"{site}/signals/index.html")
    page.wait_for_selector("html[data-ready=true]")
    page.locator(".cell.flaky").first.click()
    page.locator(".cell").nth(5).hover()
    page.locator(".name a").first.click()
    page.wait_for_selector(".strip")
    page.goto(f"{site}/traces/05_failures/index.html")
    for opener in ("button.toggle", "details.lazy summary"):
        page.locator(opener).first.click()
    for frame in ("tr.detail iframe", "details.lazy iframe"):
        page.frame_locator(frame).locator("h1").wait_for()
    for name in ("failures_and_restarts", "metric_keys"):
        page.goto(f"{site}/traces/05_failures/{name}.html")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_every_kind_of_page_obeys_the_policy_and_an_inline_script_does_not_run(
    browser: Browser, demo_site: Path, scheme: str
) -> None:
    said: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    with open_server(demo_site, 0, lambda line: None) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        address = f"http://{HOST}:{server.server_address[1]}" if scheme == "http" else demo_site.as_uri()
        visit_all(page, address)
        # a browser asks for an icon, which the site does not have
        assert [text for text in said if "404" not in text] == []
        page.evaluate(
            """() => {
                document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.hit = 1">');
                const script = document.createElement('script');
                script.textContent = 'window.hit = 2';
                document.body.append(script);
            }"""
        )
        page.wait_for_timeout(200)
        assert page.evaluate("window.hit") is None
        assert "Content Security Policy" in " ".join(said)
        page.close()
        server.shutdown()
        thread.join()


def test_every_template_is_a_page_with_the_policy_or_a_part_of_one() -> None:
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert "https://" not in text, f"{template}: github() writes the links"
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?! src=)", text), template
        if not template.name.startswith("_") and template.name != "base.html":
            assert re.match(r'\{% extends "(base|traces/base_(trace|framed))\.html" %\}', text), template


@pytest.mark.parametrize("text", HOSTILE)
def test_a_link_stays_one_part_and_the_same_address_in_scripts(browser: Browser, text: str) -> None:
    page = browser.new_page()
    for script in ("site", "signals-cells", "signals-common"):
        source = PROJECT / f"python/ci_signals/static/{script}.js"
        page.evaluate(f"() => {{ globalThis.ciSignals ??= {{ loadData: null }};\n{source.read_text()} }}")
    wanted = github("owner/name", "commit", text)
    href, path = page.evaluate(
        """([repository, sha]) => {
            const link = globalThis.ciSignals.commitLink(repository, { sha }, {});
            return [link.getAttribute('href'), link.pathname];
        }""",
        ["owner/name", text],
    )
    page.close()
    assert (unquote(href), path.count("/")) == (unquote(wanted), 4)
    assert path.startswith("/owner/name/commit/")
    assert github(f"owner/{text}").startswith("https://github.com/owner/")


@pytest.mark.parametrize(
    "server", ["", "javascript:alert(1)", "https://a.example/x", "https://a b", "//a.example"]
)
def test_what_is_no_host_gets_no_links(browser: Browser, server: str) -> None:
    page = browser.new_page()
    for script in ("site", "signals-cells", "signals-common"):
        source = PROJECT / f"python/ci_signals/static/{script}.js"
        page.evaluate(f"() => {{ globalThis.ciSignals ??= {{ loadData: null }};\n{source.read_text()} }}")
    made = page.evaluate(
        """(server) => {
            document.documentElement.dataset.server = server;
            return globalThis.ciSignals.commitLink("o/n", { sha: "0123456789" }, {}).outerHTML;
        }""",
        server,
    )
    page.close()
    assert made == '<a class="mono">012345678</a>'
    assert github("o/n", "commit", "a", server=server) == ""


def window_on(server: str) -> Any:
    """A window of a repository with an odd name, on the host `server`."""
    now = datetime.now(UTC)
    return SimpleNamespace(
        repository="o/n?x=#", server_url=server, branch_ref="refs/heads/main",
        starts_at=now, as_of=now, lookback_hours=24, build="1", has_data=True, jobs=1, finished_jobs=1,
        workflows=(), commits=1, signals=1, failing_signals=0, unseen_signals=0,
        flaky_signals=0, seen_once_signals=0, recovered_signals=0, pending_signals=0,
        new_flakes=0, lost_minutes=0.0,
    )  # fmt: skip


def test_the_index_encodes_shas_and_repositories(tmp_path: Path) -> None:
    now, sha = datetime.now(UTC), HOSTILE[0]
    commit = BreakingCommit(sha, now, "title", "author", 1, 1, 0, 1)
    window = window_on("https://ci.example:8443")
    page = render_index(tmp_path, SignalsCard(window, broke_last=[commit]), []).read_text()
    assert (
        'href="https://ci.example:8443/o/n%3Fx%3D%23/commit/..%2F..%2F..%2Fattacker%2Frepo%3Fx%3D%23"' in page
    )


@pytest.mark.parametrize("server", ["https://ci.example:8443", ""])
def test_incidents_link_to_the_host_of_the_repository(tmp_path: Path, server: str) -> None:
    suspect = {"head_sha": "c" * 40, "title": "t", "author": "a", "pull_request": 7, "probability": 0.6}
    run = {
        "workflow_name": "w",
        "job_base_name": "j",
        "head_sha": "d" * 40,
        "wf_run_id": 9,
        "suspects_left": 1,
    }
    incident = Incident(
        *("id", "red", False, "2026-11-20T10:00:00", 5, None, "e" * 40, 1, 1),
        workflows=[{"workflow_name": "w", "signals": 1}],
        suspects=[suspect | {"is_reverted": False}],
        signals=[],
        next_runs=[run | {"is_running": False, "ran_workflow": True}],
    )
    card = SignalsCard(window_on(server), incidents=Incidents([incident], [], 1, 0, []))
    page = render_index(tmp_path, card, []).read_text()
    linked = [f"{server}/o/n%3Fx%3D%23/{path}" for path in ("commit/" + "e" * 40, "pull/7", "actions/runs/9")]
    assert [f'href="{address}"' in page for address in linked] == [bool(server)] * 3
    assert "https://github.com" not in page
    assert 'href=""' not in page
