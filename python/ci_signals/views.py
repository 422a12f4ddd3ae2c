"""Views that a build may leave alone: those of an embedded store in which nothing but rows has changed.

Making fifty views again takes a fifth of dbt's time with little data.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from ci_signals import __version__
from ci_signals.dbt_runner import has_current_manifest
from ci_signals.settings import Settings
from ci_signals.warehouse import open_client

_RECORD = "views.json"
_ENV_VAR = re.compile(rb"env_var\(\s*[\"'](\w+)")
# read by a table only, and different in each build
_WINDOW = "SIGNALS_WINDOW"
# The views as they are, and the columns that they were made from.
_STATE = """
select
    (
        select sipHash128(arraySort(groupArray(tuple(name, create_table_query))))
        from system.tables where database = {models:String} and engine = 'View'
    ) as views,
    (
        select sipHash128(arraySort(groupArray(tuple(database, table, position, name, type))))
        from system.columns where database in ({models:String}, {ci:String}, {load:String})
    ) as columns
"""


@dataclass(frozen=True)
class Views:
    """The views of a whole build. project_vars: variables of this build besides the window's. left_out:
    tracks that are not built."""

    settings: Settings
    project_vars: dict[str, Any]
    left_out: list[str]

    def selection(self) -> list[str]:
        """dbt's options to build all but the views, when the last whole build left them as this one
        would; else none."""
        if not (self.settings.is_embedded and has_current_manifest(self.settings)):
            return []
        try:
            recorded = json.loads((self.settings.target_dir / _RECORD).read_text())
            nodes = json.loads(self.settings.manifest.read_bytes())["nodes"].values()
        except (OSError, ValueError, KeyError):
            return []
        if recorded != self._now():
            return []
        kinds = {node["config"]["materialized"] for node in nodes if node["resource_type"] == "model"}
        others = [f"config.materialized:{kind}" for kind in sorted(kinds - {"view"})]
        return ["--select", "resource_type:seed", "resource_type:snapshot", "resource_type:test", *others]

    def remember(self) -> None:
        """Note that a whole build has made the views as they are now."""
        if self.settings.is_embedded:
            with suppress(OSError):  # the next build makes them again
                (self.settings.target_dir / _RECORD).write_text(json.dumps(self._now()))

    def _now(self) -> dict[str, str]:
        """What the views depend on, as digests: the project with its variables, and the store."""
        settings, digest = self.settings, hashlib.sha256()
        chosen = settings.project_vars | self.project_vars
        packages = [version(name) for name in ("dbt-core", "dbt-adapters", "dbt-clickhouse", "chdb-core")]
        digest.update(json.dumps([__version__, packages, chosen, self.left_out], default=str).encode())
        names: set[str] = set()
        for path in sorted(settings.project_files()):
            text = path.read_bytes()
            names |= {name.decode() for name in _ENV_VAR.findall(text)} - {_WINDOW}
            digest.update(f"{path.relative_to(settings.project_dir)} {len(text)} ".encode() + text)
        digest.update(json.dumps([(name, os.environ.get(name)) for name in sorted(names)]).encode())
        databases = {
            "models": settings.database,
            "ci": str(settings.project_vars["ci_database"]),
            "load": str(settings.project_vars["load_database"]),
        }
        with open_client(settings, whole=False) as client:
            [state] = client.query(_STATE, parameters=databases).result_rows
        return {"project": digest.hexdigest(), "store": " ".join(part.hex() for part in state)}
