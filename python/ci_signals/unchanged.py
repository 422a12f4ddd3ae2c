"""What a whole build may leave alone in an embedded store, because making it again would change nothing.

Views and seeds depend on the project; the tables of a track depend on its raw rows, too, and those
of signals on the window. Each whole build leaves a record with digests of all of these, so that the
next one finds what is still so. dbt's own words for this are selection by state and source freshness.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ci_signals import __version__
from ci_signals.dbt_runner import has_current_manifest
from ci_signals.settings import Settings
from ci_signals.warehouse import Client

TRACKS = ("signals", "compile")
_RECORD = "unchanged.json"
_ENV_VAR = re.compile(rb"env_var\(\s*[\"'](\w+)")
# read by the model of the window only, and part of the digest of signals
_WINDOW = "SIGNALS_WINDOW"
_TRACE_TABLES = {"trace_loads", "trace_runs", "trace_lines"}
# The views of models as they are, and the columns that all views were made from.
_VIEWS = """
select
    (
        select sipHash128(arraySort(groupArray(tuple(name, create_table_query))))
        from system.tables where database = {models:String} and engine = 'View'
    ) as views,
    (
        select sipHash128(arraySort(groupArray(tuple(database, table, position, name, type))))
        from system.columns where database in {all:Array(String)}
    ) as columns
"""
# What each table holds, by the hashes of its parts; '' where the engine does not keep its rows in parts.
_TABLES = """
with contents as (
    select database, table as name, arraySort(groupArray(hash_of_all_files)) as hashes
    from system.parts
    where active and database in {all:Array(String)}
    group by database, name
)
select
    database,
    name,
    if(engine like '%MergeTree', hex(sipHash128(tuple(create_table_query, contents.hashes))), '') as digest
from system.tables as tables
left join contents using (database, name)
where
    database in {all:Array(String)}
    and not (database = {models:String} and (engine = 'View' or startsWith(name, '_tmp_replace_')))
"""


@dataclass(frozen=True)
class Unchanged:
    """What a build may leave alone.

    tracks: those whose tables are as this build would make them. options: dbt's, to build all but
    the views, and the seeds if they are unchanged; none when the views have to be made again.
    """

    tracks: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)

    @property
    def contracts_hold(self) -> bool:
        """Whether the last build compared all models as they are now with their contracts: if views stay."""
        return bool(self.options)


@dataclass(frozen=True)
class WholeBuild:
    """A build of all tracks but those `left_out`.

    project_vars: variables of this build besides the window's. window: those of the window, of
    which as_of may be missing.
    """

    settings: Settings
    project_vars: dict[str, Any]
    window: dict[str, Any]
    left_out: list[str]

    def unchanged(self, client: Client) -> Unchanged:
        """Compare the project, the window and the store with the record of the last whole build."""
        if not (self.settings.is_embedded and has_current_manifest(self.settings)):
            return Unchanged()
        try:
            recorded = json.loads(self._record.read_text())
            nodes = self._nodes()
            now = dict(self._digests(client, nodes))
            same = {name for name, digest in now.items() if digest and digest == recorded[name]}
        except (OSError, ValueError, KeyError, TypeError):
            return Unchanged()
        if not {"project", "views"} <= same:
            return Unchanged()
        materialized = {node["config"]["materialized"] for node in nodes if node["resource_type"] == "model"}
        # the manifest may be of other variables, without the history of signals
        kinds = (materialized | {"table", "incremental"}) - {"view"}
        seeds = [] if "seeds" in same else ["resource_type:seed"]
        tables = [f"config.materialized:{kind}" for kind in sorted(kinds)]
        return Unchanged(
            [track for track in TRACKS if track in same and track not in self.left_out],
            ["--select", *seeds, "resource_type:snapshot", "resource_type:test", *tables],
        )

    def remember(self, client: Client) -> None:
        """Write the record: this build succeeded, and the store is as it left it."""
        if self.settings.is_embedded:
            with suppress(OSError, ValueError, KeyError):  # the next build makes everything again
                self._record.write_text(json.dumps(dict(self._digests(client, self._nodes()))))

    @property
    def _record(self) -> Path:
        return self.settings.target_dir / _RECORD

    def _nodes(self) -> list[dict[str, Any]]:
        return list(json.loads(self.settings.manifest.read_bytes())["nodes"].values())

    def _digests(self, client: Client, nodes: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
        """A digest of each thing that a build may leave alone; '' when it cannot be known."""
        yield "project", self._project()
        names = ("ci_database", "load_database", "test_run_database")
        raw = {str(self.settings.project_vars[name]) for name in names} - {""}
        models = self.settings.database
        databases = {"models": models, "all": sorted(raw | {models})}
        [views] = client.query(_VIEWS, parameters=databases).result_rows
        yield "views", " ".join(part.hex() for part in views)
        seeds = {node["alias"] for node in nodes if node["resource_type"] == "seed"}
        compiled = {node["alias"] for node in nodes if "compile" in node["tags"]} | _TRACE_TABLES
        found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in ("seeds", *TRACKS)}
        for database, name, digest in client.query(_TABLES, parameters=databases).result_rows:
            is_seed = database == models and name in seeds
            kind = "seeds" if is_seed else "compile" if name in compiled else "signals"
            found[kind].append((database, name, digest))
        # a window that ends now is another one each time
        ends = self.window.get("as_of", self.settings.project_vars["as_of"])
        found["signals"].append(("", json.dumps(self.window, sort_keys=True), str(ends)))
        for kind, tables in found.items():
            is_known = all(digest for _, _, digest in tables)
            yield kind, _digest(json.dumps(sorted(tables))) if is_known else ""

    def _project(self) -> str:
        """What models, their SQL and their settings depend on besides rows."""
        settings, digest = self.settings, hashlib.sha256()
        chosen = settings.project_vars | self.project_vars
        packages = [version(name) for name in ("dbt-core", "dbt-adapters", "dbt-clickhouse", "chdb-core")]
        engine = {key: value for key, value in settings.output.items() if key != "path"}
        fixed = [__version__, packages, chosen, self.left_out, engine]
        digest.update(json.dumps(fixed, default=str).encode())
        names: set[str] = set()
        for path in sorted(settings.project_files()):
            text = path.read_bytes()
            names |= {name.decode() for name in _ENV_VAR.findall(text)} - {_WINDOW}
            digest.update(f"{path.relative_to(settings.project_dir)} {len(text)} ".encode() + text)
        digest.update(json.dumps([(name, os.environ.get(name)) for name in sorted(names)]).encode())
        return digest.hexdigest()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
