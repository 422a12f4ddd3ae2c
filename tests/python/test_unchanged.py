"""A whole build leaves alone only what it would make as it is."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from workspace import AS_OF, PROJECT, SAMPLE, Workspace, site_files

from ci_signals.settings import Settings
from ci_signals.unchanged import TRACKS, Unchanged, WholeBuild
from ci_signals.warehouse import open_client

WINDOW = {"as_of": AS_OF}


@pytest.fixture
def demo(demo_site: Path, tmp_path: Path) -> Workspace:
    """The sample rows and traces, built, to build again."""
    shutil.copytree(demo_site.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Workspace(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to edit."""
    folder = tmp_path / "project"
    for part in ("models", "macros", "seeds", "tests/data"):
        shutil.copytree(PROJECT / part, folder / part)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy2(PROJECT / name, folder / name)
    return folder


def built(workspace: Workspace) -> dict[tuple[str, str], int]:
    """How many nodes of which track and kind the last run of dbt made."""
    target = workspace.folder / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    counts: dict[tuple[str, str], int] = {}
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        node = nodes.get(result["unique_id"])
        if node and node["resource_type"] in {"model", "seed"}:
            kind = (node["tags"][0], node["config"]["materialized"])
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def test_an_unchanged_store_is_only_written_out(demo: Workspace, demo_site: Path) -> None:
    build = ("build", "--as-of", AS_OF, "--output", demo.site)
    results = demo.folder / "target" / "run_results.json"
    # nothing is new: dbt does not run, and the build that made the tables goes on
    results.unlink()
    shutil.rmtree(demo.site)
    said = demo.signals(*build).stderr
    assert "the signals track stays" in said
    assert "the compile track stays" in said
    assert not results.exists()
    assert site_files(demo.site) == site_files(demo_site)
    first = json.loads((demo_site / "build.json").read_text())["build_id"]
    assert json.loads((demo.site / "build.json").read_text())["build_id"] == first


@pytest.mark.slow
def test_what_changed_is_made_again(demo: Workspace, demo_site: Path) -> None:
    build = ("build", "--as-of", AS_OF, "--output", demo.site)
    everything = built(demo)
    kinds = [(track, kind) for track in TRACKS for kind in ("view", "table", "seed")]
    assert min(everything[kind] for kind in kinds) > 1
    first = json.loads((demo_site / "build.json").read_text())["build_id"]

    def tables_of(track: str) -> dict[tuple[str, str], int]:
        kinds = ((track, "table"), (track, "incremental"))
        return {kind: everything[kind] for kind in kinds if kind in everything}

    # one row of the CI more: signals are made again, and it is another build
    demo.python(
        "run_statement.py",
        demo.folder / "store",
        "insert into ci_raw.test_run_s3 (job_id, name) values (1, 'a')",
    )
    assert "the compile track stays" in demo.signals(*build).stderr
    assert built(demo) == tables_of("signals")
    assert json.loads((demo.site / "build.json").read_text())["build_id"] != first

    # another trace
    demo.load_trace(SAMPLE / "traces" / "05_failures", name="once_more")
    assert "the signals track stays" in demo.signals(*build).stderr
    assert built(demo) == tables_of("compile")
    assert (demo.site / "traces" / "once_more" / "index.html").exists()

    # a view that is not ours
    nothing = "create or replace view ci_signals.page_metrics as select 1 as trace where false"
    demo.python("run_statement.py", demo.folder / "store", nothing)
    demo.signals(*build)
    assert built(demo) == everything
    assert site_files(demo.site).keys() > site_files(demo_site).keys()


def test_contracts_are_compared_once_in_each_state_of_the_project(demo: Workspace, project: Path) -> None:
    build = ("build", "--as-of", AS_OF, "--output", demo.site, "--hours")
    assert "SIGNALS_CONTRACTS=hold" in demo.signals("--verbose", *build, 23).stderr

    contract = project / "models" / "marts" / "signals" / "_signals__models.yml"
    text = contract.read_text()
    contract.write_text(text.replace("data_type: UInt64", "data_type: Int64", 1))
    assert contract.read_text() != text
    # the record is of the last whole build, so a build that fails changes nothing in this
    assert "enforced contract" in demo.refused("--project-dir", project, *build, 22)
    # what "hold" spares
    model = ("--quiet", "run", "--project-dir", project, "--profiles-dir", project, "--select", "dim_commits")
    assert not demo.dbt(*model, SIGNALS_CONTRACTS="hold").returncode


def test_only_the_same_project_store_and_window_are_left_alone(
    demo: Workspace, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in demo.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings(project)
    with open_client(settings) as client:
        build = WholeBuild(settings, {}, WINDOW, [])
        build.remember(client)
        assert build.unchanged(client).tracks == list(TRACKS)
        assert "resource_type:seed" not in build.unchanged(client).options
        assert "config.materialized:view" not in build.unchanged(client).options
        assert build.unchanged(client).contracts_hold

        for other in (
            replace(build, settings=Settings(project, vars="{job_name_style: config}")),
            replace(build, project_vars={"keep_history": False}),
            replace(build, left_out=["compile"]),
        ):
            assert other.unchanged(client) == Unchanged()
        for window in ({"as_of": "2026-11-20T11:00:00"}, WINDOW | {"workflows": ["pull"]}, {}):
            assert replace(build, window=window).unchanged(client).tracks == ["compile"]
        now = replace(build, window={})
        now.remember(client)
        assert now.unchanged(client).tracks == ["compile"]
        build.remember(client)

        # another macro, with an old time as rsync and git leave it
        macro = project / "macros" / "iso_time.sql"
        text = macro.read_text()
        macro.write_text(text.replace("%S", "%s"))
        os.utime(macro, (1, 1))
        assert build.unchanged(client).options == []
        macro.write_text(text)
        os.utime(macro, (1, 1))
        assert build.unchanged(client).options != []

        # another column of a raw table
        client.command("alter table ci_raw.push add column more String")
        assert build.unchanged(client).options == []
        client.command("alter table ci_raw.push drop column more")
        assert build.unchanged(client).options != []
        build.remember(client)

        # as many rows as before, and other values
        client.command(
            "alter table ci_raw.test_run_s3 update result = 'other' where true settings mutations_sync = 2"
        )
        assert build.unchanged(client).tracks == ["compile"]
        build.remember(client)
        # rows that are not kept in parts may change unseen
        client.command("create table ci_raw.elsewhere (x UInt8) engine = Memory")
        build.remember(client)
        assert build.unchanged(client).tracks == ["compile"]
        client.command("drop table ci_raw.elsewhere")
        build.remember(client)

        # a seed and tables of models, changed by hand
        for table, left in (
            ("failure_categories", TRACKS),
            ("dim_traces", ("signals",)),
            ("dim_commits", ()),
        ):
            client.command(f"insert into ci_signals.{table} select * from ci_signals.{table} limit 1")
            assert build.unchanged(client).tracks == list(left)
        assert "resource_type:seed" in build.unchanged(client).options

        client.command("drop view ci_signals.page_metrics")
        assert build.unchanged(client).options == []


def test_compile_models_read_traces_alone(demo: Workspace) -> None:
    # the digest of the compile track has the tables of traces and no window
    manifest = json.loads((demo.folder / "target" / "manifest.json").read_text())
    for node in manifest["nodes"].values():
        if "compile" in node["tags"]:
            read = {
                source.rsplit(".", 1)[1]
                for source in node["depends_on"].get("nodes", [])
                if "source." in source
            }
            assert read <= {"trace_loads", "trace_runs", "trace_lines"}, node["name"]
            assert "window_var" not in node.get("raw_code", ""), node["name"]
