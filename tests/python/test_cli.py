"""What the command line promises: help, one-line errors, exit codes, read-only SQL."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
from workspace import EDGE_WINDOW, PROJECT, Workspace

from ci_signals.cli import app


def commands(command: Any, path: str = "signals") -> list[tuple[str, Any]]:
    found = [(path, command)]
    for name, child in getattr(command, "commands", {}).items():
        found += commands(child, f"{path} {name}")
    return found


@pytest.mark.parametrize(("path", "command"), commands(typer.main.get_command(app)))
def test_every_command_and_option_has_help(path: str, command: Any) -> None:
    assert command.help, path
    for parameter in command.params:
        assert getattr(parameter, "help", None), f"{path} {parameter.name}"


def test_make_help_lists_every_target() -> None:
    # `make test` runs this below another make, which would say so
    command = ["make", "--no-print-directory", "help"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), re.MULTILINE)
    assert sorted(line.split()[1] for line in listed.splitlines()) == sorted(targets[0].split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "--repo", "x'; drop table y"], "is not OWNER/NAME"),
        (["build", "--as-of", "tomorrow"], "is not a time"),
        (["build", "--select", "no_such_model"], "nothing in the project matches"),
        (["--target", "nowhere", "sql", "select 1"], "choose one of embedded, server, cloud"),
        (["--project-dir", "/", "sql", "select 1"], "no dbt_project.yml"),
        (["sql", "select nonsense"], "nonsense"),
        (["sql", "drop table int_window"], "it runs no DROP"),
        (["sql", "select 1 into outfile 'x.csv'"], "not read-only"),
        (["sql", "select * from fct_signal_event"], "Maybe you meant ci_signals.fct_signal_events?"),
        (["sql", "select sha from fct_signal_events"], "Maybe you meant: head_sha."),
        (["sql", "select 1 format CVS"], "Unknown format CVS"),
        (["sql", "select 1 format CSV", "--format", "json"], "FORMAT CSV in the query and --format json"),
        (["sql", "@no_such_file.sql"], "No such file or directory: no_such_file.sql"),
        (["sql", "select '\udcff'"], "is neither UTF-8 nor the name of a file"),
    ],
)
def test_user_error_is_one_line_and_exit_code_2(edge: Workspace, arguments: list[str], message: str) -> None:
    assert message in edge.refused(*arguments)


def test_sql_prints_every_format(edge: Workspace) -> None:
    query = "select source, count() as signals from dim_signals group by source order by source"
    assert "job" in edge.signals("sql", query).stdout
    assert edge.signals("sql", query, "--format", "csv").stdout == '"source","signals"\n"job",12\n"test",24\n'
    lines = edge.signals("sql", f"{query};", "--format", "json").stdout.splitlines()
    assert lines == ['{"source":"job","signals":12}', '{"source":"test","signals":24}']


def test_sql_takes_the_query_of_a_file_and_of_standard_input(edge: Workspace, tmp_path: Path) -> None:
    (tmp_path / "query.sql").write_text("select 'é' as letter\nformat TSV -- as it says\n;\n")
    assert edge.signals("sql", f"@{tmp_path / 'query.sql'}").stdout == "é\n"
    done = subprocess.run(
        [str(edge.bin / "signals"), "sql", "-", "--format", "csv"],
        env=edge.environment,
        cwd=PROJECT,
        input=b"select 7 as n",
        capture_output=True,
        check=True,
    )
    assert done.stdout == b'"n"\n7\n'


def test_a_query_may_be_longer_than_the_name_of_a_file(edge: Workspace) -> None:
    done = edge.signals("sql", f"select lengthUTF8('{'é' * 5000}') as letters", "--format", "csv")
    assert done.stdout == '"letters"\n5000\n'


def test_sql_parquet_is_a_file_that_pyarrow_style_readers_know(edge: Workspace) -> None:
    assert edge.python("check_parquet.py", edge.bin / "signals").stdout == "True\n"


def test_render_writes_the_same_signals_without_dbt(edge: Workspace, tmp_path: Path) -> None:
    edge.signals("render", "--output", tmp_path / "again")
    again = (tmp_path / "again" / "signals.jsonl").read_bytes()
    assert again == (edge.site / "signals.jsonl").read_bytes()


def test_failing_dbt_test_is_named_and_exit_code_1(workspace: Workspace) -> None:
    project = workspace.folder / "project"
    workspace.signals("init", project)
    (project / "tests" / "data" / "always__fails.sql").write_text(
        "{{ config(tags=['signals']) }} select as_of from {{ ref('int_window') }}"
    )
    done = workspace.signals(
        *("--project-dir", project, "build", "--allow-empty", "--select", "+int_window"),
        *("--output", workspace.site),
        check=False,
    )
    assert done.returncode == 1
    assert "always__fails" in done.stderr
    assert "Traceback" not in done.stderr
    assert not workspace.site.exists()


def test_sql_on_an_empty_store_says_that_the_table_is_unknown(workspace: Workspace) -> None:
    assert "Unknown table expression identifier 'dim_signals'" in workspace.refused(
        "sql", "select * from dim_signals"
    )


@pytest.mark.slow
def test_empty_store_builds_when_that_is_asked_for(workspace: Workspace) -> None:
    done = workspace.signals("build", "--allow-empty", "--output", workspace.site)
    assert "no commits" in done.stderr
    assert (workspace.site / "signals.jsonl").read_bytes() == b""
    assert (workspace.site / "index.html").exists()


def test_quiet_says_nothing_and_verbose_shows_the_dbt_command(edge: Workspace, tmp_path: Path) -> None:
    assert edge.signals("--quiet", "render", "--output", tmp_path).stderr == ""
    assert edge.signals("--version").stdout.startswith("signals ")
    shown = edge.signals("-v", "build", *EDGE_WINDOW, "--select", "gap_reasons", "--output", tmp_path).stderr
    assert "--indirect-selection buildable --select gap_reasons" in shown


def test_check_past_its_limit_is_one_warning_and_no_failure(edge: Workspace, tmp_path: Path) -> None:
    done = edge.signals("render", "--output", tmp_path)
    (line,) = [line for line in done.stderr.splitlines() if "data quality" in line]
    assert line.startswith("warning: data quality: 1 check past the limit: test_rows_without_file 31.8%")
    text = (tmp_path / "index.html").read_text()
    assert "1 of 6 checks of the raw rows is past the limit" in text
    assert '<b class="pending">31.8%</b>' in text
    assert edge.signals("--quiet", "render", "--output", tmp_path).stderr == ""


def test_chosen_nodes_that_cannot_run_yet_are_left_out_and_named(loaded_edge: Workspace) -> None:
    done = loaded_edge.build(*EDGE_WINDOW, "--select", "+dim_workflows+1")
    (line,) = [line for line in done.stderr.splitlines() if "left out" in line]
    assert line.startswith("warning: left out, since they read models that are neither built nor chosen: ")
    named = set(line.split(": ")[-1].split(", "))
    assert "dim_build" in named
    assert "dim_workflows" not in named
    assert loaded_edge.rows("select count() > 0 as made from dim_workflows") == [{"made": 1}]
