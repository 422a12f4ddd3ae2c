"""A build leaves views alone only when it would make them as they are."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from workspace import AS_OF, PROJECT, Workspace, site_files

from ci_signals.settings import Settings
from ci_signals.views import Views
from ci_signals.warehouse import open_client


@pytest.fixture
def demo(demo_site: Path, tmp_path: Path) -> Workspace:
    """The sample rows and traces, built, to build again."""
    shutil.copytree(demo_site.parent, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Workspace(tmp_path)


def built(workspace: Workspace) -> dict[str, int]:
    """How many nodes of which kind the last build made."""
    target = workspace.folder / "target"
    nodes = json.loads((target / "manifest.json").read_text())["nodes"]
    counts: dict[str, int] = {}
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        node = nodes.get(result["unique_id"])
        if node and node["resource_type"] != "operation":
            kind = node["config"]["materialized"]
            counts[kind] = counts.get(kind, 0) + 1
    return counts


def test_views_are_made_again_when_one_of_them_is_not_ours(demo: Workspace, demo_site: Path) -> None:
    build = ("build", "--as-of", AS_OF, "--output", demo.site)
    first = built(demo)
    assert min(first["view"], first["table"], first["seed"], first["test"]) > 5
    demo.signals(*build)
    assert built(demo) == {kind: count for kind, count in first.items() if kind != "view"}
    assert site_files(demo.site) == site_files(demo_site)

    nothing = "create or replace view ci_signals.page_metrics as select 1 as trace where false"
    demo.python("run_statement.py", demo.folder / "store", nothing)
    demo.signals(*build)
    assert built(demo) == first
    assert site_files(demo.site) == site_files(demo_site)


def test_views_are_left_alone_only_by_the_same_project_and_store(
    demo: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in demo.environment.items():
        monkeypatch.setenv(name, value)
    project = tmp_path / "project"
    for part in ("models", "macros", "seeds", "tests/data"):
        shutil.copytree(PROJECT / part, project / part)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy2(PROJECT / name, project / name)
    settings = Settings(project)
    with open_client(settings) as client:
        assert "config.materialized:table" in Views(settings, {}, []).selection()
        assert "config.materialized:view" not in Views(settings, {}, []).selection()
        assert Views(Settings(project, vars="{job_name_style: config}"), {}, []).selection() == []
        assert Views(settings, {}, ["compile"]).selection() == []
        assert Views(settings, {"keep_history": True}, []).selection() == []
        assert Views(settings, {"keep_history": False}, []).selection() != []

        # another macro, with an old time as rsync and git leave it
        macro = project / "macros" / "iso_time.sql"
        text = macro.read_text()
        macro.write_text(text.replace("%S", "%s"))
        os.utime(macro, (1, 1))
        assert Views(settings, {}, []).selection() == []
        macro.write_text(text)
        os.utime(macro, (1, 1))
        assert Views(settings, {}, []).selection() != []

        # another column of a raw table, a view that is gone
        client.command("alter table ci_raw.push add column more String")
        assert Views(settings, {}, []).selection() == []
        client.command("alter table ci_raw.push drop column more")
        assert Views(settings, {}, []).selection() != []
        client.command("drop view ci_signals.page_metrics")
        assert Views(settings, {}, []).selection() == []
