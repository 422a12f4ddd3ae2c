"""Existing tables, read with only the rights that docs/deployment.md names."""

from __future__ import annotations

import re

import pytest
from http_endpoint import Endpoint, User
from workspace import EDGE, EDGE_WINDOW, FIXTURES, PROJECT, TRACE, Workspace

pytestmark = pytest.mark.server

AS_THEY_ARE = """select database, name, engine, create_table_query, metadata_modification_time, total_rows,
    total_bytes from system.tables where database in ('prod', 'ci_raw') order by all"""


def granted() -> dict[str, list[str]]:
    """The statements of the page, by user, without the user."""
    page = (PROJECT / "docs" / "deployment.md").read_text()
    statements: dict[str, list[str]] = {}
    for grant, user in re.findall(r"^(GRANT [^;]+?) TO (\w+);(?: *--.*)?$", page, re.MULTILINE):
        statements.setdefault(user, []).append(grant)
    return statements


def less(statements: list[str], without: str) -> list[str]:
    kept = [statement for statement in statements if statement != without]
    assert len(kept) == len(statements) - 1, without
    return kept


GRANTS = granted()
# user: the right it lacks, a model that needs it, and what is said
TAKEN = {
    "no_source": ("SELECT ON prod.test_run_s3", "stg_ci__test_runs", "sees no table prod.test_run_s3"),
    "no_tables": ("CREATE TABLE, DROP TABLE ON ci_signals.*", "int_window", "CREATE TABLE ON ci_signals."),
    "no_rows": ("SELECT, INSERT, TRUNCATE ON ci_signals.*", "job_outcomes", "ON ci_signals."),
}
USERS = {
    **{name: User("word", GRANTS[name]) for name in ("ci_build", "ci_load")},
    "ci_analyst": User("word", GRANTS["ci_analyst"], profile="analyst"),
    **{
        name: User("word", less(GRANTS["ci_build"], f"GRANT {right}"))
        for name, (right, _, _) in TAKEN.items()
    },
    "half_a_source": User(
        "word",
        [
            *less(GRANTS["ci_build"], "GRANT SELECT ON prod.push"),
            "GRANT SELECT(ref, repository) ON prod.push",
        ],
    ),
}


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory, server: Endpoint) -> Workspace:
    """Rows that the load user loaded into ci_raw, and the same in somebody's own tables in prod."""
    workspace = Workspace(tmp_path_factory.mktemp("deployment"))
    for database in ("ci_raw", "ci_signals", "prod"):
        server.query(f"create database {database}")
    load = as_user(workspace, server, "ci_load")
    assert "14,788 loaded" in load.signals("load", "ci", EDGE).stderr
    pushes = EDGE / "push.jsonl.gz"
    assert "ci_raw.push: 23 rows removed" in load.signals("unload", "ci", "--file", pushes).stderr
    assert "23 loaded" in load.signals("load", "ci", pushes).stderr
    load.signals("load", "trace", TRACE, "--name", "mistake")
    assert "lines removed" in load.signals("unload", "trace", "mistake").stderr
    for _ in range(2):  # the second time replaces the first
        assert "452 records" in load.signals("load", "trace", TRACE).stderr
    report = (FIXTURES / "junit" / "pytest_xunit1.xml", "--job", 30000000001)
    assert "4 loaded, 0 already there" in load.signals("load", "junit", *report).stderr
    for table in ("push", "trace_loads"):  # so that no merge changes their size later
        server.query(f"optimize table ci_raw.{table} final")
    for script in ("tables.sql", "rows.sql"):
        text = (FIXTURES / "deployment" / script).read_text()
        for statement in text.removesuffix(";\n").split(";\n\n"):
            server.query(statement)
    vars_file = workspace.folder / "deployment.yml"
    vars_file.write_text("ci_database: prod\nload_database: ci_signals\n")
    return workspace


def as_user(workspace: Workspace, server: Endpoint, name: str) -> Workspace:
    who = {"SIGNALS_USER": name, "SIGNALS_PASSWORD": "word"}
    vars_file = workspace.folder / "deployment.yml"
    own = {"SIGNALS_VARS": f"@{vars_file}"} if vars_file.exists() and name != "ci_load" else {}
    return workspace.on(server.environment | who | own)


def test_least_rights_build_what_the_embedded_engine_builds(
    edge: Workspace, deployment: Workspace, server: Endpoint
) -> None:
    before = server.query(AS_THEY_ARE)
    assert "workflow_job" in before
    builder = as_user(deployment, server, "ci_build")
    # both tracks: the trace tables that are missing are made in our own database
    builder.signals("build", *EDGE_WINDOW, "--output", deployment.site)
    assert server.query(AS_THEY_ARE) == before
    for name in ("signals.jsonl", "signals.csv", "events.csv"):
        assert (deployment.site / name).read_bytes() == (edge.site / name).read_bytes(), name
    # those tables lack the texts of tests, and of the classifier they have the line
    said = "select source, arraySort(groupUniqArray(failure_kind)) as kinds from fct_failure_texts"
    texts = builder.rows(f"{said} group by source order by source")
    assert [row["kinds"] for row in texts] == [["error: infra", "no text recorded"], ["no text recorded"]]
    assert "trace_lines" in server.query("show tables from ci_signals")
    # again, over finished tables, and with dbt alone
    given = (deployment.folder / "deployment.yml").read_text()
    models = ("--select", "stg_ci__pushes", "int_push_dedup", "--exclude-resource-type", "unit_test")
    builder.dbt("--quiet", "build", *models, "--vars", given)
    analyst = as_user(deployment, server, "ci_analyst")
    for command in (["list"], ["show", "test_2.py::test_case_2_19"], ["render", "--output", deployment.site]):
        analyst.signals(*command)
    rows = analyst.signals("sql", "select count() as n from dim_signals", "--format", "csv").stdout
    assert rows == '"n"\n36\n'
    assert "Not enough privileges" in analyst.refused("sql", "select count() from int_push_dedup")
    assert "is read-only" in analyst.refused("build", "--output", deployment.site)
    assert server.query(AS_THEY_ARE) == before


@pytest.mark.slow
@pytest.mark.parametrize("name", TAKEN)
def test_one_right_less_is_one_clear_line(deployment: Workspace, server: Endpoint, name: str) -> None:
    user = as_user(deployment, server, name)
    _, model, message = TAKEN[name]
    command = ("build", *EDGE_WINDOW, "--select", model, "--output", deployment.site)
    assert message in user.refused(*command)


@pytest.mark.slow
def test_a_column_that_is_not_there_is_named(deployment: Workspace, server: Endpoint) -> None:
    command = ("build", "--select", "stg_ci__pushes", "--output", deployment.site)
    said = as_user(deployment, server, "half_a_source").refused(*command)
    assert "user half_a_source sees no column head_commit, commits in prod.push" in said
    server.query("create table prod.bare (ref String, commits Array(String)) engine = Memory")
    builder = as_user(deployment, server, "ci_build")
    said = builder.refused("--vars", "{ci_database: prod, push_table: bare}", *command)
    assert "sees no table prod.bare" in said
    admin = deployment.on(server.environment)
    said = admin.refused("--vars", "{ci_database: prod, push_table: bare}", *command)
    assert "sees no column repository, head_commit in prod.bare" in said
    server.query("drop table prod.bare")


def test_load_makes_nothing_beside_tables_of_others(deployment: Workspace, server: Endpoint) -> None:
    before = server.query(AS_THEY_ARE)
    admin = deployment.on(server.environment)
    wrong = "{ci_database: prod, load_database: ci_signals, test_run_table: test_runs}"
    said = admin.refused("--vars", wrong, "load", "ci", EDGE)
    assert "prod has push, which is not ours, but no test_runs" in said
    assert server.query(AS_THEY_ARE) == before
