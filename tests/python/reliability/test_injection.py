"""Names that attack SQL, templates and paths: they are found as they are, and nothing is executed."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hostile_rows import write_hostile_rows
from workspace import AS_OF, Workspace, read_jsonl

ATTACK = "x'; drop table ci_raw.canary; --"
NAMES = (
    ATTACK,
    "x\\'; drop table ci_raw.canary; --",
    "x` ; drop table ci_raw.canary; --",
    'x") drop table ci_raw.canary /*',
    "{key:String}",
    "{name:Identifier} %s %(name)s %%",
    "{{ 1 / 0 }} {% raw %} {# x #} ${x} $(touch canary)",
    "\\",
    "'",
    "nul\x00inside",
    "tab\tand\nline",
    unicodedata.normalize("NFC", "é test"),
    unicodedata.normalize("NFD", "é test"),
    "\u202egnp.exe \ufeff\u2028",
    "../../../outside",
    "🚀",
    "%",
    "_",
)
WORKFLOW = "pull'; drop table ci_raw.canary; -- {x:String} %s {{ 1 / 0 }} \\ 🚀"
BASE = "linux'; drop table ci_raw.canary; -- \\"

# Compile ids in intermediate files, where they are text.
COMPILE_IDS = (
    *("../../x", "/etc/x", "..\\..\\x", "0_0_0/../../../x", "0_0_0\x00", "CON", ".x", "-x", "", " 0_0_0"),
    *("0_0_0\n", "٣_0_0", "x" * 5000, "!../_0_0_0", "0_0_-1", "%2e%2e%2f", "é_0_0", "99999999999_0_0"),
)


@dataclass(frozen=True)
class Attacked:
    """A store with all of the hostile names, built by commands that were given them."""

    workspace: Workspace
    said: str


def metrics(**values: Any) -> dict[str, Any]:
    return {
        "type": "compilation_metrics",
        "rank": 0,
        "timestamp": "2026-11-20T10:00:00",
        "thread": 1,
        "pathname": "a.py",
        "lineno": 1,
        "metadata": {"co_name": "f'; drop table ci_raw.canary; --", "co_filename": "../../x"},
        **values,
    }


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    workspace = Workspace(tmp_path_factory.mktemp("attacked") / "inside")
    workspace.folder.mkdir()
    rows = write_hostile_rows(
        workspace.folder / "rows'; {x:String} %s", names=NAMES, workflow=WORKFLOW, base=BASE
    )
    workspace.signals("load", "ci", rows)
    trace = workspace.folder / "trace'; drop table ci_raw.canary; --"
    trace.mkdir()
    ids = (*COMPILE_IDS, "0_0_0", "00_0_0", "0_0")
    entries = [metrics(compile_id=compile_id) for compile_id in ids]
    (trace / "compilation_metrics.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (trace / "string_table.json").write_text('{"0": "../../x"}')
    workspace.signals("load", "trace", trace, "--name", "ids")
    log = workspace.folder / "a'; {x:String} %s <b>.log"
    log.write_text(
        'V1121 17:35:01.547000 1 a.py:1] {"dynamo_start": {}, "frame_id": 0, "frame_compile_id": 0}\n'
    )
    workspace.signals("load", "trace", log, "--name", "log")
    workspace.python("foreign_traces.py", workspace.folder / "store")
    window = ("--as-of", AS_OF, "--workflow", WORKFLOW)
    return Attacked(workspace, workspace.signals("build", *window, "--output", workspace.site).stderr)


def test_nothing_was_executed(attacked: Attacked) -> None:
    assert attacked.workspace.rows("select count() as n from ci_raw.canary") == [{"n": 1}]


def test_every_name_is_a_signal_in_every_export(attacked: Attacked) -> None:
    signals = read_jsonl(attacked.workspace.site / "signals.jsonl")
    assert {signal["key"] for signal in signals} == {f"test_x.py::{name}" for name in NAMES}
    assert {signal["workflow_name"] for signal in signals} == {WORKFLOW}
    assert {signal["job_base_name"] for signal in signals} == {BASE}
    for name in ("events", "signals"):
        file = attacked.workspace.site / f"{name}.csv"
        query = f"select uniqExact(signal_key) from file('{file}', CSVWithNames)"
        assert attacked.workspace.python("query_files.py", query).stdout.strip() == str(len(NAMES))


def test_list_show_and_diff_take_the_names(attacked: Attacked) -> None:
    workspace = attacked.workspace
    listed = workspace.signals("list", "--workflow", WORKFLOW, "--json").stdout.splitlines()
    assert {json.loads(line)["signal_key"] for line in listed} == {f"test_x.py::{name}" for name in NAMES}
    for name in (
        ATTACK,
        NAMES[1],
        "{key:String}",
        "\\",
        "{{ 1 / 0 }} {% raw %} {# x #} ${x} $(touch canary)",
    ):
        [shown] = workspace.signals("show", f"test_x.py::{name}", "--json").stdout.splitlines()
        assert json.loads(shown)["signal_key"] == f"test_x.py::{name}"
    assert (
        workspace.signals("diff", workspace.site / "signals.jsonl", workspace.site / "signals.jsonl").stdout
        == ""
    )
    for command in (("list", "--workflow", ATTACK), ("show", ATTACK), ("sql", "select {x:String}")):
        workspace.refused(*command)


@pytest.mark.parametrize(
    "arguments",
    [
        ("sql", "drop table ci_raw.canary"),
        ("sql", "select 1; drop table ci_raw.canary"),
        ("sql", "insert into ci_raw.canary values (2)"),
        ("sql", "select '\udcff'"),
        ("show", "\udcff"),
        ("build", "--repo", "a/b'; drop table ci_raw.canary; --"),
        ("build", "--as-of", "2026-11-20'; drop table ci_raw.canary; --"),
        ("build", "--workflow", "\udcff"),
        ("build", "--select", "x'; drop table ci_raw.canary; --"),
        ("load", "trace", "README.md", "--name", "../../x"),
    ],
)
def test_an_attack_is_refused_in_one_line(attacked: Attacked, arguments: tuple[str, ...]) -> None:
    attacked.workspace.refused(*arguments)


def test_pages_stay_in_the_site_and_apart(attacked: Attacked) -> None:
    workspace = attacked.workspace
    expected = {"inside"}
    assert {path.name for path in workspace.folder.parent.iterdir()} == expected
    pages = workspace.site / "traces"
    assert {path.name for path in pages.iterdir()} == {"ids", "log"}
    assert all(path.resolve().is_relative_to(workspace.site.resolve()) for path in workspace.site.rglob("*"))
    directory = json.loads((pages / "ids" / "compile_directory.json").read_text())
    urls = [artifact["url"] for entry in directory.values() for artifact in entry["artifacts"]]
    # an id that is none is kept under `unknown`; 00_0_0 and 0_0 are 0_0_0 once more
    assert len(urls) == len(set(urls)) == len(COMPILE_IDS) + 3
    assert all((pages / "ids" / url).is_file() for url in urls)
    assert set(directory) == {"unknown", "0_0_0", "0_0_0.2", "0_0_0.3"}


def test_a_trace_without_pages_is_said(attacked: Attacked) -> None:
    for name in ("../../outside", "/etc/outside", "a/b/c", ATTACK):
        assert f"trace {name!r} gets no pages" in attacked.said


def test_rejected_rows_of_a_hostile_file_name(attacked: Attacked, tmp_path: Path) -> None:
    file = tmp_path / "push'; drop table ci_raw.canary; -- {file:String} %s.jsonl"
    file.write_text("bad\n")
    said = attacked.workspace.refused("--quiet", "load", "ci", file)
    assert said == f"error: no row of {file} (not JSON) can be used\n"
    rows = attacked.workspace.rows("select file, reason from ci_raw.rejected_rows where file like '%canary%'")
    assert rows == [{"file": str(file), "reason": "not JSON"}]
