"""What dbt's documentation says of every model, source and seed, held against the database and the code."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from workspace import AS_OF, Workspace

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


def test_the_database_says_what_the_documentation_says(docs: Docs) -> None:
    """SQL clients show the comments of tables and columns."""
    for unique_id, found in docs.catalog["nodes"].items():
        node = docs.relations[unique_id]
        assert found["metadata"]["comment"] == node["description"].strip(), node["name"]
        said = {name: column["comment"] for name, column in found["columns"].items()}
        assert said == {name: column["description"].strip() for name, column in node["columns"].items()}


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
