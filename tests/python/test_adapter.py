"""The embedded engine under dbt: two stores in a process, a locked store, Ctrl-C, relative paths."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from workspace import EDGE_WINDOW, PROJECT, Workspace, stop

INTERRUPTED = """
import os, signal, sys, threading, time
from dbt.cli.main import dbtRunner
from ci_signals.store import connect_store
# a shell's background jobs start with Ctrl-C ignored
signal.signal(signal.SIGINT, signal.default_int_handler)
project, store = sys.argv[1:]
sent = []

def press_ctrl_c_once_it_runs():
    client = connect_store(store)
    running = (
        "select count() from system.processes"
        " where query like '%1000000000000%' and query not like '%processes%'"
    )
    while not client.query(running).result_rows[0][0]:
        time.sleep(0.1)
    client.close()
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=press_ctrl_c_once_it_runs, daemon=True).start()
query = "select count() from numbers(1000000000000) where number % 7 = 9"
where = ["--project-dir", project, "--profiles-dir", project]
try:
    outcome = dbtRunner().invoke(["--log-level", "none", "show", "--inline", query, *where])
    assert not outcome.success
except KeyboardInterrupt:
    pass
print(time.monotonic() - sent[0])
"""

HOLD = """
import sys, time
from ci_signals.store import connect_store
client = connect_store(sys.argv[1])
print("open", flush=True)
time.sleep(60)
"""

TWO_STORES = """
import os, sys
from pathlib import Path
from dbt.cli.main import dbtRunner
project = sys.argv[1]
for store in sys.argv[2:]:
    os.environ["SIGNALS_STORE"] = store
    where = ["--project-dir", project, "--profiles-dir", project]
    done = dbtRunner().invoke(["--log-level", "none", "seed", *where])
    assert done.success, done.exception or [r.message for r in done.result.results]
    from dbt.adapters.factory import reset_adapters
    from dbt.adapters.factory import FACTORY
    for adapter in FACTORY.adapters.values():
        adapter.cleanup_connections()
    reset_adapters()
"""


def test_a_second_store_in_one_process_gets_its_own_database(workspace: Workspace) -> None:
    first, second = workspace.folder / "first", workspace.folder / "second"
    workspace.python(TWO_STORES, PROJECT, first, second)
    for store in (first, second):
        count = workspace.signals(
            "sql", "select count() from job_outcomes", "--format", "csv", SIGNALS_STORE=str(store)
        )
        assert count.stdout.splitlines()[1] == "9"


def test_a_store_in_use_is_one_clear_line(workspace: Workspace) -> None:
    store = workspace.folder / "store"
    holder = subprocess.Popen(
        [workspace.python_path, "-c", HOLD, str(store)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        for command in (["sql", "select 1"], ["build"], ["load", "ci", "tests/fixtures/edge"]):
            done = workspace.signals(*command, check=False)
            assert done.returncode == 2
            assert "in use by another process" in done.stderr
            assert "SIGNALS_STORE" in done.stderr
            assert "Traceback" not in done.stderr
            assert len(done.stderr.splitlines()) == 1
    finally:
        holder.kill()
        holder.wait()
    assert workspace.signals("sql", "select 1", "--format", "csv").stdout == '"1"\n1\n'


def test_ctrl_c_ends_a_running_query(workspace: Workspace) -> None:
    done = workspace.python(INTERRUPTED, PROJECT, workspace.folder / "store")
    assert float(done.stdout.split()[-1]) < 10


def test_a_relative_store_is_in_the_project_whatever_folder_we_stand_in(
    workspace: Workspace, tmp_path: Path
) -> None:
    ups = Path(*[".."] * len(PROJECT.relative_to("/").parts))
    relative = ups / tmp_path.relative_to("/") / "elsewhere"
    done = subprocess.run(
        [str(workspace.bin / "signals"), "--project-dir", str(PROJECT), "sql", "select 1"],
        env=workspace.environment | {"SIGNALS_STORE": str(relative)},
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    assert done.returncode == 0
    assert (tmp_path / "elsewhere").is_dir()


def test_a_store_that_cannot_be_made_is_one_clear_line(workspace: Workspace) -> None:
    (workspace.folder / "file").write_text("")
    done = workspace.signals(
        "sql", "select 1", check=False, SIGNALS_STORE=str(workspace.folder / "file" / "store")
    )
    assert done.returncode == 2
    assert "cannot make the store" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_killed_build_can_be_run_again(edge: Workspace, loaded_edge: Workspace) -> None:
    window = (*EDGE_WINDOW, "--select", "tag:signals")
    process = loaded_edge.start("build", *window, "--output", loaded_edge.site)
    stop(process, signal.SIGKILL, after=5)
    time.sleep(0.2)
    loaded_edge.build(*window)
    built = (loaded_edge.site / "signals.jsonl").read_bytes()
    assert built == (edge.site / "signals.jsonl").read_bytes()
