"""Stores and pages of the compile track, built once for all of its tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from edited_ranks import write_agreeing, write_parting
from edited_trace import changed, slightly_slower, unedited, write_edited
from made_once import made_once
from workspace import INTERMEDIATE, SAMPLE, TRACES, Workspace


@pytest.fixture(scope="session")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All fixtures loaded and built: real logs, four as intermediate files too, edited ranks, runs of one."""

    def make(workspace: Workspace) -> None:
        logs = {log.parent for folder in (SAMPLE / "traces", TRACES) for log in folder.glob("*/*.log.*")}
        workspace.load_traces(
            {
                **{folder.name: sorted(folder.glob("*.log.*")) for folder in sorted(logs)},
                **{f"{folder.name}.intermediate": [folder] for folder in INTERMEDIATE.iterdir()},
                "agreeing_ranks": write_agreeing(workspace.folder / "agreeing"),
                "parting_ranks": write_parting(workspace.folder / "parting"),
            }
        )
        [log] = (SAMPLE / "traces" / "04_graph_breaks").glob("*.log.gz")
        for day, edit in enumerate((unedited, slightly_slower, unedited, changed)):
            run = write_edited(log, workspace.folder / f"{day}.log", edit, day)
            workspace.load_trace(run, "--run", f"day{day}", "--label", f"commit=abc{day}", name="breaks")
        workspace.build_traces()

    return made_once(tmp_path_factory, "traces", make)


@pytest.fixture(scope="session")
def site(traces: Workspace) -> Path:
    """The pages of those traces."""
    return traces.render()
