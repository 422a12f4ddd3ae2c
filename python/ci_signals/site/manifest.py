"""dbt's manifest of a build: the models, seeds and sources, and how they depend on each other."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Types by (database, table) and column.
Types = Mapping[tuple[str, str], Mapping[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of a table. checks: its dbt tests, in words. unit: "" when it has none."""

    name: str
    type: str
    unit: str
    meaning: str
    checks: list[str]


@dataclass(frozen=True)
class Link:
    """Another entry of the page."""

    anchor: str
    name: str


@dataclass(frozen=True)
class Entry:
    """A source table, a seed or a model.

    anchor: its id on the page. relation: DATABASE.TABLE. kind: view, table, seed, source.
    access, group, owner: "" when dbt has none. grain: the description. checks: tests of several
    columns together. claims: what its unit tests show. reads, read_by: other entries. shown_in:
    exposures.
    """

    anchor: str
    name: str
    relation: str
    kind: str
    access: str
    group: str
    owner: str
    grain: str
    columns: list[Column]
    checks: list[str]
    claims: list[str]
    reads: list[Link]
    read_by: list[Link]
    shown_in: list[Link]


@dataclass(frozen=True)
class Section:
    """Entries of one layer and track, by name."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Exposure:
    """Something outside the database that reads models."""

    anchor: str
    label: str
    description: str
    url: str
    owner: str
    reads: list[Link]


# What people ask for comes first; the tables that only pages and files read come last.
_LAYERS = ("Marts", "Reports", "Seeds", "Intermediate", "Staging", "Sources", "Pages and files")
_PREFIXES = {
    "rpt": "Reports",
    "int": "Intermediate",
    "stg": "Staging",
    "page": "Pages and files",
    "export": "Pages and files",
}
_TRACKS = {"ci": "signals", "traces": "compile", "loads": "signals"}
_ORDER = ("signals", "quality", "compile")


def read_manifest(path: Path) -> dict[str, Any] | None:
    """The manifest that dbt wrote to `path`; None when it is missing or incomplete."""
    try:
        manifest: dict[str, Any] = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return manifest if "child_map" in manifest else None


def databases(manifest: dict[str, Any], database: str) -> list[str]:
    """The databases of its models, which are in `database`, and of its sources."""
    return sorted({_home(node, database) for node in _relations(manifest).values()})


def sections(manifest: dict[str, Any], database: str, types: Types) -> list[Section]:
    """All entries whose table exists, marts first. The models are in `database`."""
    homes = {name: (_home(node, database), _table(node)) for name, node in _relations(manifest).items()}
    relations = {name: node for name, node in _relations(manifest).items() if homes[name] in types}
    entries: dict[tuple[int, str], list[Entry]] = {}
    for name, node in relations.items():
        entry = _entry(manifest, relations, name, homes[name], types[homes[name]])
        entries.setdefault(_layer_and_track(node), []).append(entry)
    return [
        Section(f"{_LAYERS[layer]}: {track}", sorted(entries[layer, track], key=lambda entry: entry.name))
        for layer, track in sorted(entries, key=lambda key: (key[0], _track_number(key[1])))
    ]


def exposures(manifest: dict[str, Any]) -> list[Exposure]:
    """The exposures, by label."""
    relations = _relations(manifest)
    return [
        Exposure(
            anchor=_exposure_anchor(node),
            label=node["label"] or node["name"],
            description=_line(node["description"]),
            url=node["url"] or "",
            owner=node["owner"]["name"] or "",
            reads=_links(relations, node["depends_on"]["nodes"]),
        )
        for node in sorted(manifest["exposures"].values(), key=lambda node: str(node["label"]))
    ]


def _relations(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    built = {
        name: node
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in {"model", "seed", "snapshot"}
    }
    return {**built, **manifest["sources"]}


def _home(node: dict[str, Any], database: str) -> str:
    # builds into several databases share a manifest: dbt only writes it again after a change
    return str(node["schema"]) if node["resource_type"] == "source" else database


def _table(node: dict[str, Any]) -> str:
    return str(node["identifier"] if node["resource_type"] == "source" else node["alias"])


def _layer_and_track(node: dict[str, Any]) -> tuple[int, str]:
    if node["resource_type"] == "source":
        return _LAYERS.index("Sources"), _TRACKS.get(node["source_name"], node["source_name"])
    if node["resource_type"] == "seed":
        return _LAYERS.index("Seeds"), node["fqn"][1]
    prefix = node["name"].partition("_")[0]
    layer = _LAYERS.index(_PREFIXES.get(prefix, "Marts"))
    return layer, _TRACKS.get(node["fqn"][2], node["fqn"][2])


def _entry(
    manifest: dict[str, Any],
    relations: dict[str, dict[str, Any]],
    name: str,
    home: tuple[str, str],
    types: Mapping[str, str],
) -> Entry:
    node = relations[name]
    children = manifest["child_map"].get(name, [])
    group = str(node.get("group") or "")
    owners = {entry["name"]: entry["owner"]["name"] or "" for entry in manifest["groups"].values()}
    by_column, over_all = _checks(manifest, name, children)
    return Entry(
        anchor=_anchor(node),
        name=_anchor(node),
        relation=".".join(home),
        kind=node["resource_type"] if node["resource_type"] != "model" else node["config"]["materialized"],
        access=str(node.get("access") or ""),
        group=group,
        owner=owners.get(group, ""),
        grain=_line(node["description"]),
        columns=[
            Column(
                name=column,
                type=kind,
                unit=str(node["columns"].get(column, {}).get("meta", {}).get("unit", "")),
                meaning=_line(node["columns"].get(column, {}).get("description", "")),
                checks=by_column.get(column, []),
            )
            for column, kind in types.items()
        ],
        checks=over_all,
        claims=_claims(manifest, name),
        reads=_links(relations, manifest["parent_map"].get(name, [])),
        read_by=_links(relations, children),
        shown_in=[
            Link(_exposure_anchor(manifest["exposures"][child]), manifest["exposures"][child]["label"])
            for child in sorted(children)
            if child in manifest["exposures"]
        ],
    )


def _checks(
    manifest: dict[str, Any], name: str, children: list[str]
) -> tuple[dict[str, list[str]], list[str]]:
    """Generic tests in words: those of one column by column, and those of several columns."""
    described = (manifest["nodes"].get(name) or manifest["sources"][name])["columns"]
    by_column: dict[str, list[str]] = {}
    over_all = []
    for child in sorted(children):
        test = manifest["nodes"].get(child, {})
        if test.get("attached_node") != name or not test.get("test_metadata"):
            continue
        arguments = test["test_metadata"]["kwargs"]
        words = str(test["test_metadata"]["name"]).replace("_", " ")
        if "values" in arguments:
            words = "one of " + ", ".join(map(str, arguments["values"]))
        if test["column_name"] in described:
            by_column.setdefault(test["column_name"], []).append(words)
        else:
            columns = arguments.get("columns") or [arguments.get("column_name", "")]
            over_all.append(f"{words.split(' combination')[0]}: {', '.join(columns)}")
    return by_column, over_all


def _claims(manifest: dict[str, Any], name: str) -> list[str]:
    """What the unit tests of a model show: their names without the model's name."""
    model = name.rsplit(".", 1)[1]
    names = [
        test["name"]
        for test in manifest["unit_tests"].values()
        if name in test["depends_on"]["nodes"] and test["model"] == model
    ]
    return sorted(test.removeprefix(f"{model}__").replace("_", " ") for test in names)


def _links(relations: dict[str, dict[str, Any]], names: list[str]) -> list[Link]:
    anchors = {_anchor(relations[name]) for name in names if name in relations}
    return [Link(anchor, anchor) for anchor in sorted(anchors)]


def _anchor(node: dict[str, Any]) -> str:
    return f"{node['source_name']}.{node['name']}" if node["resource_type"] == "source" else str(node["name"])


def _exposure_anchor(node: dict[str, Any]) -> str:
    return f"exposure.{node['name']}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _track_number(track: str) -> int:
    """The order of the tracks in a layer; unknown folders come last."""
    return _ORDER.index(track) if track in _ORDER else len(_ORDER)
