"""What dbt's documentation says of every model, source and seed, held against the database and the code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from workspace import AS_OF, PROJECT, Workspace

# What a unit can be; a counted thing needs none.
UNITS = {"UTC", "ms", "us", "s", "min", "h", "days", "bytes", "0 to 1", "JSON"}
UNITS |= {"us since 1970", "s since 1970", "guards", "breaks", "parameters", "entries", "inputs"}
UNITS |= {"nodes", "elements", "ops", "bundles", "lookups"}
# The ending of a number's name, and the units that it promises.
ENDINGS = {
    r"_ms": {"ms"},
    r"_us": {"us", "us since 1970"},
    r"_s|_seconds": {"s"},
    r"_minutes": {"min"},
    r"_hours": {"h"},
    r"_days|days": {"days"},
    r"_bytes": {"bytes"},
    r"share(_.*)?|.*_share|.*_rate(_low|_high)?": {"0 to 1"},
}
# How a meaning says the unit, in words.
WORDS = {
    "UTC": r"\bUTC\b",
    "s": r"\b(seconds|in s)\b",
    "min": r"\bMinutes\b|\bminutes\b",
    "h": r"\bhours\b",
    "ms": r"\bms\b",
    "us": r"\bus\b",
    "bytes": r"\bbytes\b",
    "us since 1970": r"us since 1970",
    "s since 1970": r"s since 1970",
}


@dataclass(frozen=True)
class Docs:
    """dbt's manifest and catalog of the sample build."""

    manifest: dict[str, Any]
    catalog: dict[str, Any]

    @property
    def relations(self) -> dict[str, dict[str, Any]]:
        """Models, seeds and sources by unique id."""
        nodes = {
            name: node
            for name, node in self.manifest["nodes"].items()
            if node["resource_type"] in {"model", "seed", "snapshot"}
        }
        return {**nodes, **self.manifest["sources"]}

    def types(self, unique_id: str) -> dict[str, str]:
        """Types by column, as the database has them."""
        found = self.catalog["nodes"].get(unique_id) or self.catalog["sources"][unique_id]
        return {name: column["type"] for name, column in found["columns"].items()}

    def columns(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """(relation, column, type, what is written) of every column."""
        return [
            (node["name"], name, self.types(unique_id)[name], node["columns"].get(name, {"description": ""}))
            for unique_id, node in self.relations.items()
            for name in self.types(unique_id)
        ]


@pytest.fixture(scope="module")
def sample(demo_site: Path) -> Workspace:
    return Workspace(demo_site.parent)


@pytest.fixture(scope="module")
def docs(sample: Workspace) -> Docs:
    sample.dbt("--quiet", "docs", "generate", "--no-compile", SIGNALS_WINDOW=json.dumps({"as_of": AS_OF}))
    manifest, catalog = (
        json.loads((sample.folder / "target" / name).read_text())
        for name in ("manifest.json", "catalog.json")
    )
    return Docs(manifest, catalog)


def unit_of(column: dict[str, Any]) -> str:
    return str(column.get("meta", {}).get("unit", ""))


def test_every_relation_is_in_the_database(docs: Docs) -> None:
    found = {*docs.catalog["nodes"], *docs.catalog["sources"]}
    assert len(found) > 70
    assert sorted(set(docs.relations) ^ found) == []


def test_every_relation_says_what_a_row_is(docs: Docs) -> None:
    bad = [
        name
        for name, node in docs.relations.items()
        if not re.match(r"One row(:| per )", node["description"])
    ]
    assert bad == []


def test_every_column_has_a_meaning_and_every_meaning_a_column(docs: Docs) -> None:
    problems = []
    for unique_id, node in docs.relations.items():
        described = {name for name, column in node["columns"].items() if column["description"].strip()}
        problems += [f"{node['name']}.{name}" for name in described ^ set(docs.types(unique_id))]
    assert sorted(problems) == []


def test_every_time_is_utc(docs: Docs) -> None:
    times = [column for column in docs.columns() if "DateTime" in column[2]]
    assert len(times) > 40
    bad = [
        f"{relation}.{name}"
        for relation, name, kind, column in times
        if "UTC" not in column["description"]
        or (re.match(r"(Nullable\()?DateTime", kind) and unit_of(column) != "UTC")
    ]
    assert bad == []


def test_a_name_that_ends_in_a_unit_has_it(docs: Docs) -> None:
    bad, seen = [], 0
    for relation, name, kind, column in docs.columns():
        if not re.match(r"(Nullable\()?(U?Int|Float|Decimal)", kind):
            continue
        for ending, units in ENDINGS.items():
            if re.fullmatch(rf"(.*?)({ending})", name):
                seen += 1
                bad += [] if unit_of(column) in units else [f"{relation}.{name}: {unit_of(column)!r}"]
    assert seen > 60
    assert bad == []


def test_units_are_known_and_said_in_the_meaning(docs: Docs) -> None:
    bad = [
        f"{relation}.{name}: {unit_of(column)!r}"
        for relation, name, _, column in docs.columns()
        if unit_of(column)
        and (
            unit_of(column) not in UNITS
            or not re.search(WORDS.get(unit_of(column), ""), column["description"])
        )
    ]
    assert bad == []


def test_metrics_have_the_unit_that_the_seed_says(docs: Docs, sample: Workspace) -> None:
    said = {
        row["metric_key"]: row["unit"]
        for row in sample.rows("select metric_key, unit from metric_keys where unit != ''")
    }
    columns = docs.relations["model.ci_signals.fct_compile_metrics"]["columns"]
    assert len(said) > 40
    assert {name: unit_of(columns[name]) for name in said if name in columns} == {
        name: unit for name, unit in said.items() if name in columns
    }


def test_marts_are_public_and_steps_protected(docs: Docs) -> None:
    models = [node for node in docs.manifest["nodes"].values() if node["resource_type"] == "model"]
    wanted = {"marts": "public", "intermediate": "protected", "staging": "protected"}
    assert {node["fqn"][1] for node in models} == set(wanted)
    assert [node["name"] for node in models if node["access"] != wanted[node["fqn"][1]]] == []


def test_every_model_is_of_a_group_with_an_owner(docs: Docs) -> None:
    groups = {group["name"]: group["owner"]["name"] for group in docs.manifest["groups"].values()}
    assert set(groups) == {"signals", "compile", "quality"}
    assert all(groups.values())
    expected = {"ci": "signals", "signals": "signals", "compile": "compile", "quality": "quality"}
    models = [node for node in docs.manifest["nodes"].values() if node["resource_type"] == "model"]
    assert [node["name"] for node in models if node["group"] != expected[node["fqn"][2]]] == []


def test_exposures_name_their_owner_address_and_files(docs: Docs, demo_site: Path) -> None:
    owners = {group["owner"]["name"] for group in docs.manifest["groups"].values()}
    claimed: set[Path] = set()
    for exposure in docs.manifest["exposures"].values():
        assert exposure["owner"]["name"] in owners
        assert exposure["description"].strip()
        assert exposure["depends_on"]["nodes"]
        if exposure["name"] == "signals_terminal":
            continue  # a command has no address
        address = exposure["url"].removeprefix(
            docs.manifest["metadata"].get("site_url", "http://127.0.0.1:8000")
        )
        assert (demo_site / address.split("#")[0].strip("/")).exists(), exposure["url"]
        for pattern in exposure["meta"]["files"]:
            files = set(demo_site.glob(pattern))
            assert files, pattern
            claimed |= files
    shared = set((demo_site / "static").rglob("*"))
    assert {path for path in demo_site.rglob("*") if path.is_file()} - claimed - shared == set()


# Runs what writes the exposures on the sample store, and prints the models that its queries named.
WATCH = r"""
import json, re, sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from ci_signals.console import Console
from ci_signals.export import EXPORTS, write_export, write_exports
from ci_signals.settings import Settings
from ci_signals.signals import read_signals
from ci_signals.site.render import render_site
from ci_signals.site.signals import render_signals
from ci_signals.site.traces import render_traces
from ci_signals.terminal.history import print_history
from ci_signals.terminal.listing import Choice, print_list
from ci_signals.warehouse import open_client

known, project, output = set(json.loads(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3])
settings, console, seen = Settings(project), Console(quiet=True), set()

def watch(kind, name):
    plain = getattr(kind, name)
    def watched(self, query, *args, **more):
        seen.update(known & set(re.findall(r"\w+", query)))
        return plain(self, query, *args, **more)
    setattr(kind, name, watched)

with open_client(settings) as client:
    for kind in type(client).__mro__:
        for name in {"query", "raw_query", "raw_stream", "command"} & set(vars(kind)):
            watch(kind, name)

def reads(work):
    seen.clear()
    work()
    return sorted(seen)

def with_client(work):
    def done():
        with open_client(settings) as client:
            work(client, settings.database, output, console)
    return done

def terminal():
    with redirect_stdout(StringIO()):
        print_list(settings, console, Choice(workflows=("pull",)), True)
        key = seen_key()
        print_history(settings, key, 5, True)

def seen_key():
    with open_client(settings) as client:
        return client.query(f"select any(signal_id) from {settings.database}.dim_signals").first_row[0]

found = {
    "jsonl": reads(with_client(lambda *given: write_export(*given[:2], EXPORTS[0], given[2]))),
    "extract": reads(with_client(lambda client, database, *_: read_signals(client, database))),
    "files": reads(with_client(write_exports)),
    "signals": reads(with_client(render_signals)),
    "traces": reads(with_client(render_traces)),
    "site": reads(with_client(render_site)),
    "terminal": reads(terminal),
}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def reads(sample: Workspace, docs: Docs, tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    names = json.dumps(sorted(node["name"] for node in docs.relations.values()))
    done = sample.python(WATCH, names, PROJECT, tmp_path_factory.mktemp("watched"))
    return {part: set(models) for part, models in json.loads(done.stdout.splitlines()[-1]).items()}


def upstream(docs: Docs, *names: str) -> set[str]:
    """The models that exposures of these names say they read."""
    return {
        docs.relations[node]["name"]
        for name in names
        for node in docs.manifest["exposures"][f"exposure.ci_signals.{name}"]["depends_on"]["nodes"]
    }


def test_exposures_depend_on_what_the_code_reads(docs: Docs, reads: dict[str, set[str]]) -> None:
    assert upstream(docs, "signals_jsonl") == reads["jsonl"] | reads["extract"]
    assert upstream(docs, "signals_files") == reads["files"]
    assert upstream(docs, "trace_pages") == reads["traces"]
    assert upstream(docs, "compile_directory") <= reads["traces"]
    assert upstream(docs, "signals_terminal") == reads["terminal"] - {"dim_signals"}
    on_pages = upstream(docs, "signals_grid", "site_index_signals")
    assert on_pages == reads["signals"] | {"rpt_data_quality"}
    assert reads["site"] == on_pages | reads["traces"]


def test_index_reads_what_its_exposure_says(docs: Docs) -> None:
    from ci_signals.site import signals_sql as sql

    text = " ".join([sql.WINDOW, sql.RED_NOW, sql.FLAKIEST, sql.BREAKING_COMMITS])
    assert upstream(docs, "site_index_signals") == {*re.findall(r"\{(\w+)\}", text), "rpt_data_quality"}


def test_freshness_of_every_loaded_source_can_be_asked(sample: Workspace, docs: Docs) -> None:
    window = json.dumps({"as_of": AS_OF})
    sample.dbt("--quiet", "source", "freshness", check=False, SIGNALS_WINDOW=window)
    results = json.loads((sample.folder / "target/sources.json").read_text())["results"]
    states = {result["unique_id"].split(".", 2)[2]: result["status"] for result in results}
    assert set(states) == {"ci.push", "ci.workflow_job", "ci.test_run_s3", "traces.trace_loads"}
    assert states["traces.trace_loads"] == "pass"  # loaded just now; the rest depends on today's date
    assert set(states.values()) <= {"pass", "warn", "error"}
    newest = {result["unique_id"].rsplit(".", 1)[1]: result["max_loaded_at"][:10] for result in results}
    assert {newest[name] for name in ("push", "workflow_job", "test_run_s3")} == {AS_OF[:10]}
