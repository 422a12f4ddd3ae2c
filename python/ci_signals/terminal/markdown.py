"""`signals list --format markdown`: for the summary of a job on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ci_signals.printable import printable
from ci_signals.terminal.screen import Screen, job_signal
from ci_signals.window import Window

# A summary holds 1 MiB, a person reads less.
_MOST_SIGNALS = 100
_STRIP = 24
# Letters that Markdown, or GitHub in it, reads as more than themselves. A word joiner keeps @ from a name.
_MARKED = re.compile(r"([\\`*_{}\[\]()#+.!|~:$-])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@\u2060"}


def markdown_list(screen: Screen, window: Window, signals: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lines of a heading and a table of the signals, newest commit on the left.

    Names become text that is neither markup nor a mention or a link, whatever they are.
    """
    yield f"### {_name(window.repository)}, {_name(window.branch_ref.removeprefix('refs/heads/'))}"
    yield ""
    yield (
        f"{window.signals:,} signals on {window.commits:,} commits until {window.as_of:%Y-%m-%d %H:%M} UTC:"
        f" {window.failing_signals:,} failing, {window.unseen_signals:,} failing but not seen since,"
        f" {window.flaky_signals:,} flaky, {window.seen_once_signals:,} seen failing once,"
        f" {window.recovered_signals:,} recovered; {len(signals):,} listed."
        + (f" {window.flake_costs.capitalize()}." if window.flake_costs else "")
    )
    if not signals:
        return
    yield ""
    yield "| state | signal | job | commits | broke at |"
    yield "|---|---|---|---|---|"
    for signal in signals[:_MOST_SIGNALS]:
        cells = (
            signal["state"],
            job_signal(signal["signal_key"], signal["job_base_name"])
            if signal["source"] == "job"
            else _name(signal["signal_key"]),
            _name(f"{signal['workflow_name']} / {signal['job_base_name']}"),
            screen.strip(signal["outcomes"][:_STRIP]).plain,
            _commit(window, signal["first_failing_sha"]),
        )
        yield f"| {' | '.join(cells)} |"
    if len(signals) > _MOST_SIGNALS:
        yield ""
        yield f"and {len(signals) - _MOST_SIGNALS:,} more."


def escaped(text: str) -> str:
    """Text from data as Markdown that shows it as it is: no link, no markup, no mention of anybody."""
    return "".join(_ENTITIES.get(letter, letter) for letter in _MARKED.sub(r"\\\1", printable(text)))


def _name(text: str) -> str:
    """A name in code, where nothing becomes a link."""
    return f"<code>{escaped(text or '-')}</code>"


def _commit(window: Window, sha: str) -> str:
    if not sha:
        return ""
    return linked(_name(sha[:9]), window.link("commit", sha))


def linked(text: str, address: str) -> str:
    """Markdown that links to `address`, or the text alone when there is none."""
    return f"[{text}]({address})" if address else text
