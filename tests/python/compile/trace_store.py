"""A store with the compile track in it, driven as a person would: by commands."""

from __future__ import annotations

import gzip
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workspace import FIXTURES, PROJECT, Workspace

__all__ = ["INTERMEDIATE", "PROJECT", "SAMPLE", "TRACES", "Store", "read_log"]

SAMPLE = FIXTURES / "sample" / "traces"
TRACES = FIXTURES / "traces"
INTERMEDIATE = FIXTURES / "intermediate"

_QUERY = """
import json, os, sys
import clickhouse_connect
store = os.environ["SIGNALS_STORE"]
client = clickhouse_connect.get_client(interface="chdb", path=store, database="ci_signals")
print(json.dumps(list(client.query(sys.argv[1]).named_results()), default=str))
"""
_RENDER = """
import sys
from pathlib import Path
from ci_signals.console import Console
from ci_signals.output import staged
from ci_signals.settings import Settings
from ci_signals.site.environment import write_static
from ci_signals.site.traces import render_traces
from ci_signals.warehouse import open_client
settings, output = Settings(Path(sys.argv[1])), Path(sys.argv[2])
with open_client(settings) as client:
    with staged(output) as stage:
        render_traces(client, settings.database, stage, Console(quiet=True))
        write_static(stage)
"""


@dataclass(frozen=True)
class Store:
    """An embedded store of its own. The engine takes one store a process, so commands run in theirs."""

    folder: Path

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.folder)

    def load(
        self, *paths: Path | str, name: str, options: tuple[str, ...] = (), check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        arguments = ["load", "trace", *map(str, paths), "--name", name, *options]
        return self.workspace.signals(*arguments, check=check)

    def build(self) -> None:
        models = ("--select", "tag:compile", "--exclude-resource-type", "unit_test")
        self.workspace.dbt("--quiet", "build", *models)

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query on the models, by column name."""
        done = self.workspace.python(_QUERY, sql)
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows

    def render(self) -> Path:
        """Write the trace pages; the site's folder."""
        output = self.folder / "site"
        self.workspace.python(_RENDER, PROJECT, output)
        return output


def read_log(path: Path) -> bytes:
    """A fixture log, uncompressed."""
    return gzip.decompress(path.read_bytes())
