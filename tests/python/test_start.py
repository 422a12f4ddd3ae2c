"""How a build starts: without parsing the project anew, and without writing dbt's artifacts again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from workspace import AS_OF, Workspace

from ci_signals.dbt_runner import has_current_manifest
from ci_signals.settings import Settings

PARSED_ANEW = "Unable to do partial parsing"


def test_another_window_or_store_does_not_parse_the_project_anew(workspace: Workspace) -> None:
    build = ("-v", "build", "--allow-empty", "--select", "+int_window", "--output", workspace.site)
    first = workspace.signals(*build, "--as-of", AS_OF)
    assert "int_window" in first.stdout
    manifest = workspace.folder / "target" / "manifest.json"
    results = workspace.folder / "target" / "run_results.json"
    written, ran = manifest.stat().st_mtime_ns, results.stat().st_mtime_ns
    again = workspace.signals(
        *build, "--as-of", "2026-11-20T11:00:00", "--hours", 5, SIGNALS_STORE=str(workspace.folder / "other")
    )
    assert PARSED_ANEW not in first.stdout + again.stdout
    assert manifest.stat().st_mtime_ns == written
    assert results.stat().st_mtime_ns > ran
    window = workspace.signals(
        "sql",
        "select as_of, starts_at from int_window",
        "--format",
        "csv",
        SIGNALS_STORE=str(workspace.folder / "other"),
    )
    assert "2026-11-20 11:00:00" in window.stdout
    assert "2026-11-20 06:00:00" in window.stdout


@pytest.mark.slow
def test_changed_variables_of_dbt_do_parse_anew(workspace: Workspace) -> None:
    """The check above can fail: dbt says so when it parses anew."""
    for hours in (5, 6):
        said = workspace.dbt("parse", "--vars", f"{{lookback_hours: {hours}}}").stdout
    assert PARSED_ANEW in said


def test_a_manifest_older_than_the_project_is_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", "made")
    project, model = tmp_path / "dbt_project.yml", tmp_path / "models" / "deep" / "model.sql"
    manifest = tmp_path / "made" / "manifest.json"
    for moment, path in enumerate((project, model, manifest)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")
        os.utime(path, (moment, moment))
    assert has_current_manifest(Settings(tmp_path))
    for half in ('{"nodes": {"x', ""):
        manifest.write_text(half)
        assert not has_current_manifest(Settings(tmp_path))
    manifest.write_text("{}")
    os.utime(manifest, (2, 2))
    os.utime(model, (3, 3))
    assert not has_current_manifest(Settings(tmp_path))
    manifest.unlink()
    assert not has_current_manifest(Settings(tmp_path))
