"""The graph of the dbt project: models read no layer above theirs, and exposures name what the code reads."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from workspace import PROJECT, Workspace

PACKAGE = PROJECT / "python" / "ci_signals"
FLOORS = ("staging", "intermediate", "marts")
# What only the loaders write and people look at: no model reads it.
UNREAD_SOURCES = {"rejected_rows", "workflow_run", "junit_reports", "junit_rows"}
# The history of commits is a mart that later builds read again.
BACK_EDGES = {("int_known_commits", "fct_commit_states")}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """dbt's manifest of the whole project, with the history."""
    workspace = Workspace(tmp_path_factory.mktemp("graph"))
    workspace.dbt("--quiet", "parse", "--vars", json.dumps({"keep_history": True}))
    parsed: dict[str, Any] = json.loads((workspace.folder / "target/manifest.json").read_text())
    return parsed


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Models by unique id."""
    return {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def floor(node: dict[str, Any]) -> int:
    return FLOORS.index(node["fqn"][1])


def test_no_model_reads_from_a_floor_above(models: dict[str, dict[str, Any]]) -> None:
    edges = {
        (node["name"], models[parent]["name"])
        for node in models.values()
        for parent in node["depends_on"]["nodes"]
        if parent in models and floor(models[parent]) > floor(node)
    }
    assert edges == BACK_EDGES


def test_names_tell_the_floor_and_the_folder(models: dict[str, dict[str, Any]]) -> None:
    prefixes = {"staging": {"stg"}, "intermediate": {"int"}, "marts": {"dim", "fct", "rpt", "page", "export"}}
    folders = {"rpt": {"reports", "quality"}, "page": {"pages"}, "export": {"exports"}}
    for node in models.values():
        prefix, folder = node["name"].split("_")[0], Path(node["path"]).parent.name
        assert prefix in prefixes[node["fqn"][1]], node["path"]
        assert (prefix in folders) == (folder in {"reports", "quality", "pages", "exports"}), node["path"]
        assert folder in folders.get(prefix, {folder}), node["path"]


def test_a_build_tests_the_keys_of_marts_and_no_others(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    # `signals build` leaves tests with the tag out
    untagged = {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        and "code" not in node["tags"]
        and node.get("attached_node") in models
    }
    # what holds for each commit that has left the window was tested while it was in the window
    assert untagged == {
        name
        for name, node in models.items()
        if node["name"].startswith(("dim_", "fct_")) and Path(node["path"]).parent.name != "history"
    }


def test_every_source_is_read_by_one_staging_model(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    for unique_id, source in manifest["sources"].items():
        readers = [models[child] for child in manifest["child_map"][unique_id] if child in models]
        assert [node["fqn"][1] for node in readers] == ["staging"] * (source["name"] not in UNREAD_SOURCES)


def test_every_model_has_a_reader_or_a_documented_question(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    documents = " ".join(path.read_text() for path in [*PROJECT.glob("docs/*.md"), PROJECT / "README.md"])
    unread = [
        node["name"]
        for unique_id, node in models.items()
        if not any(child.startswith(("model.", "exposure.")) for child in manifest["child_map"][unique_id])
        and not re.search(rf"\b{node['name']}\b", documents)
    ]
    assert unread == []


def test_steps_that_only_models_read_are_no_reports(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    """A page, an export or a report that no exposure reads must at least answer a documented question."""
    documents = " ".join(path.read_text() for path in PROJECT.glob("docs/*.md"))
    steps = [
        node["name"]
        for unique_id, node in models.items()
        if node["name"].startswith(("rpt_", "page_", "export_"))
        and not any(child.startswith("exposure.") for child in manifest["child_map"][unique_id])
        and not re.search(rf"\b{node['name']}\b", documents)
    ]
    assert steps == []


def test_a_build_is_finished_after_every_table(
    manifest: dict[str, Any], models: dict[str, dict[str, Any]]
) -> None:
    """dim_build has the last build's id only when all tables of its track are of that build."""
    reads = manifest["parent_map"]
    before: set[str] = set()
    left = ["model.ci_signals.dim_build"]
    while left:
        found = set(reads[left.pop()]) & models.keys()
        left += found - before
        before |= found
    tables = {
        name
        for name, node in models.items()
        if node["config"]["materialized"] == "table" and "signals" in node["tags"]
    }
    missing = {models[name]["name"] for name in tables - before - {"model.ci_signals.dim_build"}}
    assert sorted(missing) == []


def named_in(file: Path, names: set[str]) -> set[str]:
    """The relations that the strings of a Python file name."""
    words: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value:
            words |= set(re.findall(r"\w+", node.value))
    return words & names


def test_exposures_depend_on_what_their_code_reads(manifest: dict[str, Any]) -> None:
    nodes = {**manifest["nodes"], **manifest["sources"]}
    names = {node["name"] for node in nodes.values() if node["resource_type"] in {"model", "seed"}}
    said: dict[str, set[str]] = {}
    for exposure in manifest["exposures"].values():
        upstream = {nodes[parent]["name"] for parent in exposure["depends_on"]["nodes"]}
        code = exposure["config"]["meta"]["code"]
        assert upstream <= set().union(*(named_in(PACKAGE / file, names) for file in code)), exposure["name"]
        for file in code:
            said[file] = said.get(file, set()) | upstream
    read = {str(file.relative_to(PACKAGE)): named_in(file, names) for file in PACKAGE.rglob("*.py")}
    missing = {file: found - said.get(file, set()) for file, found in read.items()}
    assert {file: found for file, found in missing.items() if found} == {}


def test_every_macro_is_described_with_its_arguments(manifest: dict[str, Any]) -> None:
    macros = [macro for macro in manifest["macros"].values() if macro["package_name"] == "ci_signals"]
    assert len(macros) > 25
    for macro in macros:
        assert macro["description"].strip(), macro["name"]
        written = re.search(r"{%-?\s*(?:macro|test)\s+\w+\((.*?)\)\s*-?%}", macro["macro_sql"], re.DOTALL)
        assert written, macro["name"]
        arguments = [
            part.split("=")[0].strip() for part in written[1].split(",") if "=" in part or part.strip()
        ]
        arguments = [name for name in arguments if re.fullmatch(r"\w+", name)]
        assert [argument["name"] for argument in macro["arguments"]] == arguments, macro["name"]
