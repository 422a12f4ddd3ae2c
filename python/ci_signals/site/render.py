"""The whole site, from whatever finished tables there are."""

from __future__ import annotations

from pathlib import Path

from ci_signals.console import Console
from ci_signals.site.environment import write_static
from ci_signals.warehouse import Client


def render_site(client: Client, database: str, output: Path, console: Console) -> None:
    write_static(output)
