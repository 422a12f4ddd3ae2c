"""kill -9 at moments of loading and building: the next run gives what an undisturbed one does."""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from workspace import AS_OF, FIXTURES, SAMPLE, TRACE, Workspace, site_files, stop

WINDOW = ("--as-of", AS_OF)
SEED = 20261121
# About what a build of the sample takes.
BUILD_S = 10

QUERY = "dbt.adapters.clickhouse.httpclient:ChHttpClient.query"
COMMAND = "dbt.adapters.clickhouse.httpclient:ChHttpClient.command"
LOAD_COMMAND = "clickhouse_connect.driver._backendclient:SyncBackendClient.command"
RAW = ("ci_raw.push", "ci_raw.workflow_job", "ci_raw.test_run_s3")


@dataclass(frozen=True)
class Moment:
    """A moment of the work: `delay` seconds after the `nth` call of `place` (`module:name`) began."""

    place: str
    nth: int
    delay: float

    def kill(self, workspace: Workspace, *arguments: object) -> None:
        """Run the command line and kill it then. Fails when it ended before."""
        moment = (self.place, self.nth, self.delay)
        done = workspace.python("kill_at.py", *moment, *arguments, check=False)
        assert done.returncode == -9, f"{self}: ended with {done.returncode}\n{done.stderr}"


@dataclass(frozen=True)
class Undisturbed:
    """A store that nothing disturbed, and what it holds."""

    workspace: Workspace
    earlier: dict[str, bytes]
    site: dict[str, bytes]
    tables: dict[str, str]


def finished_tables(workspace: Workspace) -> list[str]:
    """The tables that a build makes for readers."""
    rows = workspace.rows(
        "select concat(database, '.', name) as name from system.tables"
        " where database = 'ci_signals' and match(name, '^(dim|fct|rpt)_') order by name"
    )
    return [row["name"] for row in rows if row["name"] != "dim_build"]


def table_digests(workspace: Workspace, tables: Iterable[str]) -> dict[str, str]:
    """Rows and a digest of each table, in any order of the rows, without times of loads and ids of builds."""
    parts = []
    for table in tables:
        columns = "* except (loaded_at)" if table.endswith("dim_traces") else "*"
        if table.endswith("rpt_window_summary"):
            columns = "* except (build_id)"
        parts.append(
            f"select '{table}' as name, concat(toString(count()), ' ',"
            f" toString(sum(sipHash64(formatRow('TSV', {columns}))))) as digest from {table}"
        )
    return {row["name"]: row["digest"] for row in workspace.rows(" union all ".join(parts))}


def load(workspace: Workspace) -> None:
    workspace.signals("-q", "load", "ci", SAMPLE / "ci")
    workspace.load_traces({folder.name: [folder] for folder in (SAMPLE / "traces").iterdir()})


def build(workspace: Workspace) -> None:
    workspace.signals("-q", "build", *WINDOW, "--output", workspace.site)


@pytest.fixture(scope="module")
def undisturbed(demo_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    workspace = Workspace(tmp_path_factory.mktemp("undisturbed"))
    shutil.copytree(demo_site.parent, workspace.folder, symlinks=True, dirs_exist_ok=True)
    # as a site that is there when a later build is killed; one file of it is no longer written
    earlier = workspace.folder / "earlier"
    shutil.copytree(workspace.site, earlier)
    for file in earlier.rglob("*"):
        if file.is_file():
            file.write_bytes(b"earlier " + file.read_bytes())
    (earlier / "signals" / "data" / "gone.js").write_text("earlier")
    tables = [*RAW, *finished_tables(workspace)]
    return Undisturbed(
        workspace, site_files(earlier), site_files(workspace.site), table_digests(workspace, tables)
    )


@pytest.fixture(scope="module")
def often_killed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One store for all kills of this module: each finds what the earlier ones left."""
    return Workspace(tmp_path_factory.mktemp("killed"))


def test_killed_loads(undisturbed: Undisturbed, often_killed: Workspace) -> None:
    chance = random.Random(SEED)
    moments = [
        # while the tables are made, while a batch is parsed and inserted, between its two inserts
        (Moment(LOAD_COMMAND, chance.randint(1, 6), 0.0), "ci", SAMPLE / "ci"),
        (Moment("ci_signals.loaders.ci:load_batch", 2, chance.uniform(0, 0.03)), "ci", SAMPLE / "ci"),
        (Moment("ci_signals.loaders.ci:load_batch", 3, chance.uniform(0, 0.03)), "ci", SAMPLE / "ci"),
        # before the lines are in, between the lines and the name, after the name
        (Moment("ci_signals.loaders.trace:_batches", 1, chance.uniform(0, 0.05)), "trace", TRACE),
        (Moment("ci_signals.loaders.trace:_counts", 1, 0.0), "trace", TRACE),
        (Moment("ci_signals.loaders.trace:_drop_unnamed", 1, 0.0), "trace", TRACE),
    ]
    for moment, track, path in moments:
        moment.kill(often_killed, "load", track, path)
        often_killed.signals("-q", "load", track, path)
        if track == "ci":
            expected = {name: undisturbed.tables[name] for name in RAW}
            assert table_digests(often_killed, RAW) == expected, f"seed {SEED}, {moment}"
        else:
            lines = often_killed.rows(
                "select count() as lines, uniqExact(load_id) as loads from ci_raw.trace_lines"
            )
            # 452 lines of the log, and 290 payloads of records
            assert lines == [{"lines": 742, "loads": 1}], f"seed {SEED}, {moment}"


def test_killed_loads_of_reports(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    jobs = SAMPLE / "ci" / "workflow_job.jsonl.gz"
    workspace.signals("-q", "load", "ci", jobs)
    ended = workspace.rows(
        "select id from ci_raw.workflow_job where status = 'completed' order by id limit 3"
    )
    moments = [
        Moment("ci_signals.loaders.junit:settle_reports", 1, 0.0),  # the testcases are in, and no report is
        Moment("ci_signals.loaders.junit_sql:_copy_rows", 1, 0.02),
        Moment("ci_signals.loaders.junit:drop_rows", 1, 0.0),
    ]
    for moment, job in zip(moments, ended, strict=True):
        load = ("load", "junit", FIXTURES / "junit" / "pytest_xunit1.xml", "--job", job["id"])
        moment.kill(workspace, *load)
        workspace.signals("-q", *load)
        found = workspace.rows(
            "select count() as rows, uniqExact(invoking_file) as testcases,"
            " (select count() from ci_raw.junit_rows) as left from ci_raw.test_run_s3"
            f" where job_id = {job['id']}"
        )
        assert found == [{"rows": 4, "testcases": 4, "left": 0}], moment


@pytest.mark.parametrize(
    "number", [0, pytest.param(1, marks=pytest.mark.slow), pytest.param(2, marks=pytest.mark.slow)]
)
def test_killed_builds(undisturbed: Undisturbed, often_killed: Workspace, number: int) -> None:
    load(often_killed)
    chance = random.Random(SEED + 1)
    arguments = ("build", *WINDOW, "--output", often_killed.site)
    after = chance.uniform(0.1, 0.9) * BUILD_S
    moments: list[Moment | float] = [
        Moment(QUERY, chance.randint(5, 25), chance.uniform(0, 0.02)),
        Moment(COMMAND, chance.randint(10, 60), chance.uniform(0, 0.02)),
        after,
    ]
    moment = moments[number]
    if isinstance(moment, Moment):
        moment.kill(often_killed, *arguments)
    else:
        stop(often_killed.start(*arguments), signal.SIGKILL, after=moment)
    assert not often_killed.site.exists() or set(site_files(often_killed.site)) in (
        set(),
        set(undisturbed.site),
    )
    build(often_killed)
    where = f"seed {SEED}, {moment}"
    assert table_digests(often_killed, undisturbed.tables) == undisturbed.tables, where
    assert site_files(often_killed.site) == undisturbed.site, where


@pytest.mark.parametrize(
    ("place", "most"),
    [
        pytest.param("ci_signals.export:write_export", 5, marks=pytest.mark.slow),
        pytest.param("ci_signals.site.data_files:write_file", 5, marks=pytest.mark.slow),
        pytest.param("ci_signals.site.traces:write_file", 20, marks=pytest.mark.slow),
        ("ci_signals.site.index:write_file", 1),
        pytest.param("ci_signals.build:write_exports", 1, marks=pytest.mark.slow),
    ],
)
def test_a_site_is_the_earlier_or_the_later_one(
    undisturbed: Undisturbed, tmp_path: Path, place: str, most: int
) -> None:
    shutil.copytree(undisturbed.workspace.folder / "earlier", tmp_path / "site")
    chance = random.Random(f"{SEED}{place}")
    moment = Moment(place, chance.randint(1, most), chance.choice([0.0, 0.01]) if most > 1 else 0.0)
    moment.kill(undisturbed.workspace, "render", "--output", tmp_path / "site")
    assert site_files(tmp_path / "site") == undisturbed.earlier, f"seed {SEED}, {moment}"
    undisturbed.workspace.signals("-q", "render", "--output", tmp_path / "site")
    assert site_files(tmp_path / "site") == undisturbed.site, f"seed {SEED}, {moment}"
    assert not list((tmp_path / "site").glob(".*"))


def test_killed_between_the_last_renames_every_file_is_whole(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    shutil.copytree(undisturbed.workspace.folder / "earlier", tmp_path / "site")
    moment = Moment("pathlib:Path.replace", random.Random(SEED).randint(2, 6), 0.0)
    moment.kill(undisturbed.workspace, "render", "--output", tmp_path / "site")
    for name, content in site_files(tmp_path / "site").items():
        assert content in (undisturbed.earlier.get(name), undisturbed.site.get(name)), name
    undisturbed.workspace.signals("-q", "render", "--output", tmp_path / "site")
    assert site_files(tmp_path / "site") == undisturbed.site
