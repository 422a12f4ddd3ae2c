"""`signals load trace`: what it says, what it refuses, and what bad input does to the tables."""

from __future__ import annotations

import gzip
import hashlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from workspace import PROJECT, SAMPLE, Workspace

from ci_signals.errors import UserError
from ci_signals.loaders.trace_sources import trace_files, trace_name

PREFIX = "V1121 17:35:01.547000 12933 torch/_dynamo/utils.py:2009] "
FIVE, SIX = (next(SAMPLE.glob(f"traces/{name}/*.gz")) for name in ("05_failures", "06_backward"))

Loads = tuple[Workspace, dict[str, subprocess.CompletedProcess[str]]]


def line(body: dict[str, object], **context: object) -> bytes:
    return f"{PREFIX}{json.dumps(body | context)}\n".encode()


def metrics(frame: int, kind: str = "compilation_metrics", attempt: int = 0, **values: object) -> bytes:
    return line({kind: values}, frame_id=frame, frame_compile_id=0, attempt=attempt)


@pytest.mark.parametrize(
    "name", ["", "..", ".hidden", "-x", "a/b", "a\\b", "a b", "é", "x" * 101, "<b>", "a\n", "../../etc"]
)
def test_a_name_that_cannot_be_a_folder_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="cannot name a trace"):
        trace_name([Path("x.log")], name)


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/run.log.gz", "run"), ("a/run.log", "run"), ("b/run.log.zst", "run"), ("c/v1.2", "v1.2")],
)
def test_the_name_comes_from_the_path(path: str, name: str) -> None:
    assert trace_name([Path(path)], None) == name


def test_several_paths_need_a_name() -> None:
    with pytest.raises(UserError, match="--name"):
        trace_name([Path("a"), Path("b")], None)


def test_a_folder_gives_logs_and_intermediate_files_only(tmp_path: Path) -> None:
    intermediate = ["i/guards.jsonl", "i/string_table.json", "i/manifest.json"]
    for name in ["b.log", "a.log.gz", "notes.txt", "expect_a.json", *intermediate]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    found = [(file.label, file.door, file.source) for file in trace_files([tmp_path])]
    assert found == [
        ("a.log.gz", "log", 0),
        ("b.log", "log", 1),
        ("i/guards.jsonl", "intermediate", 2),
        ("i/string_table.json", "string_table", 2),
    ]


def test_no_trace_in_a_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no trace in"):
        trace_files([tmp_path])


HOSTILE = b"".join(
    [
        metrics(0, co_name="first", fail_type="Unsupported", fail_reason=None),
        b"Traceback (most recent call last):\n",
        metrics(1, co_name="cut")[:-20] + b"\n",
        metrics(2, co_name="bytes").replace(b"bytes", b"b\xff\xfes"),
        metrics(3, co_name="surrogate").replace(b"surrogate", b"caf\\udce9"),
        metrics(4, co_name=7, guard_count="12", cache_size=2, new_key={"a": 1}),
        line({"compilation_metrics": {"co_name": "no id"}}),
        line({"compilation_metrics": None}, frame_id=5, frame_compile_id=0),
        line(
            {"dynamo_start": {"stack": [{"line": 3, "name": "f", "filename": 99}]}},
            frame_id=6,
            frame_compile_id=0,
        ),
        line({"artifact": {}, "has_payload": hashlib.md5(b"x").hexdigest()}) + b"\ty\n",
        metrics(7, kind="aot_autograd_backward_compilation_metrics", co_name="last", duration_us=1500),
        line({"artifact": {}, "has_payload": hashlib.md5(b"x\ny").hexdigest()}) + b"\tx\n",
    ]
)


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> Loads:
    """Loads that replace, are killed, are strict or fail; then one build. What each load said."""
    folder = tmp_path_factory.mktemp("loads")
    workspace, said = Workspace(folder), {}
    old, new, big = folder / "old.log", folder / "new.log", folder / "big.log"
    old.write_bytes(metrics(0, co_name="old"))
    new.write_bytes(metrics(1, co_name="new"))
    big.write_bytes(metrics(0, co_name="x" * 5000) * 40_000)
    for name in ("replaced", "killed", "damaged"):
        said["old"] = workspace.load_trace(old, name=name)
    killed = subprocess.Popen(
        [sys.executable, "-m", "ci_signals", "load", "trace", str(big), "--name", "killed"],
        cwd=PROJECT,
        env=workspace.environment,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(1.2)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    cut = folder / "cut.log.gz"
    cut.write_bytes(FIVE.read_bytes()[:50_000])
    said["damaged"] = workspace.load_trace(cut, name="damaged", check=False)
    said["replaced"] = workspace.load_trace(new, name="replaced")
    (folder / "bad.log").write_bytes(HOSTILE)
    said["lenient"] = workspace.load_trace(folder / "bad.log", name="bad")
    said["strict"] = workspace.load_trace(folder / "bad.log", "--strict", name="bad", check=False)
    load_hostile(workspace)
    workspace.build_traces()
    return workspace, said


def test_a_name_holds_the_last_load_that_ended(loads: Loads) -> None:
    workspace, said = loads
    assert "trace replaced: 1 records from 1 file(s)" in said["replaced"].stderr
    names = "('replaced', 'killed', 'damaged')"
    rows = workspace.rows(
        f"select trace, function from fct_compilations where trace in {names} order by trace"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("damaged", "old"),
        ("killed", "old"),
        ("replaced", "new"),
    ]


def test_lines_of_other_loads_are_dropped(loads: Loads) -> None:
    rows = loads[0].rows(
        "select count() as n from ci_raw.trace_lines "
        "where load_id not in (select load_id from stg_compile__traces)"
    )
    assert rows == [{"n": 0}]


def test_a_damaged_archive_is_one_line(loads: Loads) -> None:
    failed = loads[1]["damaged"]
    assert failed.returncode == 2
    assert "cut short or damaged" in failed.stderr
    assert "Traceback" not in failed.stderr


@pytest.fixture(scope="module")
def useless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of files without a record: text, nothing, a damaged record, an intermediate folder."""
    folder = tmp_path_factory.mktemp("useless")
    (folder / "README.md").write_bytes(b"# A project\n\nNot a log.\n")
    (folder / "empty.log").write_bytes(b"")
    (folder / "cut.log").write_bytes(metrics(0)[:-20] + b"\n")
    (folder / "split").mkdir()
    (folder / "split" / "guards.jsonl").write_bytes(b"")
    (folder / "split" / "string_table.json").write_bytes(b'{"0": "a.py"}')
    return folder


def test_files_without_a_record_make_no_trace(loads: Loads, useless: Path) -> None:
    workspace = loads[0]
    for names, said in [
        (["README.md"], "{}/README.md (not a log record: 2)"),
        (["cut.log"], "{}/cut.log (broken JSON: 1)"),
        (["split"], "{0}/split/guards.jsonl (empty), {0}/split/string_table.json (no records)"),
        (["empty.log", "README.md"], "{0}/empty.log (empty), {0}/README.md (not a log record: 2)"),
    ]:
        done = workspace.refused("load", "trace", *(useless / name for name in names), "--name", "replaced")
        assert done == f"error: no trace: no record in {said.format(useless)}\n"
    # the trace of that name stays, and nothing else does
    files = "(select files from ci_raw.trace_loads final where trace = 'replaced')"
    unnamed = "load_id not in (select load_id from stg_compile__traces)"
    query = f"select {files} as files, count() as n from ci_raw.trace_lines where {unnamed}"
    assert workspace.rows(query) == [{"files": 1, "n": 0}]


def test_files_without_a_record_are_named_and_the_others_load(loads: Loads, useless: Path) -> None:
    many = [useless / name for name in ("README.md", "empty.log")]
    for number in range(5):
        many.append(useless / f"{number}.log")
        many[-1].write_bytes(b"")
    said = loads[0].load_trace(*many, FIVE, name="mixed").stderr
    assert "trace mixed: 452 records from 8 file(s)" in said
    assert "2 line(s) set aside (not a log record: 2)" in said
    assert f"no record in 7 of 8 files: {many[0]} (not a log record: 2), {many[1]} (empty)" in said
    assert said.rstrip().endswith("and 2 more")


def test_strict_fails_after_loading(loads: Loads) -> None:
    workspace, said = loads
    assert "6 line(s) set aside" in said["lenient"].stderr
    assert said["strict"].returncode == 1
    assert "error: 6 line(s) of trace bad were set aside" in said["strict"].stderr
    assert workspace.rows("select count() as n from fct_compilations where trace = 'bad'") == [{"n": 7}]


@pytest.fixture(scope="module")
def hostile(loads: Loads) -> Workspace:
    return loads[0]


def load_hostile(workspace: Workspace) -> None:
    folder = workspace.folder
    five, six = (gzip.decompress(path.read_bytes()) for path in (FIVE, SIX))
    (folder / "crlf.log").write_bytes(five.replace(b"\n", b"\r\n"))
    (folder / "no_compilations.log").write_bytes(line({"str": ["a.py", 0]}))
    (folder / "two.log.gz").write_bytes(gzip.compress(five + six, 1))
    ca = metrics(5, attempt=1, co_name="ca").replace(b'"frame_id"', b'"compiled_autograd_id": 3, "frame_id"')
    ranks = (
        line({"str": ["a.py", 0]}) + metrics(0) + metrics(1).replace(b'"frame_id"', b'"rank": 1, "frame_id"')
    )
    (folder / "ids.log").write_bytes(ca + ranks + metrics(0) + metrics(0))
    for name in ("crlf", "no_compilations", "ids"):
        workspace.load_trace(folder / f"{name}.log", name=name)
    workspace.load_trace(folder / "two.log.gz", name="two")
    workspace.load_trace(FIVE, name="five")
    workspace.load_trace(SIX, name="six")


def test_bad_lines_are_set_aside_with_line_and_reason(hostile: Workspace) -> None:
    rows = hostile.rows(
        "select line_number, reason, is_used, file from fct_rejected_lines where trace = 'bad'"
    )
    assert [(row["line_number"], row["reason"], row["is_used"]) for row in rows] == [
        (2, "not a log record", 0),
        (3, "broken JSON", 0),
        (4, "invalid UTF-8", 0),
        (5, "lone surrogate, shown as U+FFFD", 1),
        (10, "payload differs from its md5", 0),
        (13, "payload cut short by the end of the file", 0),
    ]
    assert {row["file"] for row in rows} == {"bad.log"}


def test_the_rest_of_a_bad_log_goes_through(hostile: Workspace) -> None:
    rows = hostile.rows(
        "select directory, status, function, compilation_metrics as n from fct_compilations "
        "where trace = 'bad' order by compilation_number"
    )
    assert [(row["directory"], row["status"], row["function"], row["n"]) for row in rows] == [
        ("0_0_0", "failure", "first", 1),
        ("3_0_0", "success", "caf\ufffd", 1),
        ("4_0_0", "success", None, 1),
        ("unknown", "success", "no id", 1),
        ("5_0_0", "success", None, 1),
        ("6_0_0", "unfinished", "f", 0),
        ("7_0_0", "success", "last", 0),
    ]


def test_one_wrong_type_nulls_one_field(hostile: Workspace) -> None:
    [row] = hostile.rows(
        "select co_name, guard_count, cache_size, other_metrics from fct_compile_metrics "
        "where trace = 'bad' and directory = '4_0_0'"
    )
    assert (row["co_name"], row["guard_count"], row["cache_size"]) == (None, None, 2)
    assert row["other_metrics"] == {"co_name": "7", "guard_count": '"12"', "new_key": '{"a":1}'}
    drift = hostile.rows("select metric_key, known_type from rpt_metric_drift where trace = 'bad'")
    assert [tuple(entry.values()) for entry in drift] == [
        ("co_name", "string"),
        ("guard_count", "int"),
        ("new_key", ""),
    ]


def test_a_failure_without_a_reason_is_a_failure(hostile: Workspace) -> None:
    rows = hostile.rows("select event, fail_type, reason from fct_compile_failures where trace = 'bad'")
    assert rows == [{"event": "failure", "fail_type": "Unsupported", "reason": None}]


def test_a_missing_string_shows_its_number(hostile: Workspace) -> None:
    rows = hostile.rows("select frame_file from fct_compile_stacks where trace = 'bad'")
    assert rows == [{"frame_file": "#99"}]


def test_windows_line_ends_change_nothing(hostile: Workspace) -> None:
    def failures(trace: str) -> list[dict[str, object]]:
        return hostile.rows(
            "select event_number, reason, compile_id, line_number from fct_compile_failures "
            f"where trace = '{trace}' order by event_number"
        )

    assert len(failures("crlf")) == 15
    assert failures("crlf") == failures("five")
    assert hostile.rows("select count() as n from fct_rejected_lines where trace = 'crlf'") == [{"n": 0}]


def test_two_logs_in_one_file_are_both_there(hostile: Workspace) -> None:
    def counts(traces: str) -> dict[str, object]:
        [row] = hostile.rows(
            "select sum(compilation_metrics) as metrics, sum(bwd_compilation_metrics) as bwd, "
            "count() as ids, sum(failures) as failures, sum(fast_guards) as guards from fct_compilations "
            f"where trace in ({traces})"
        )
        return row

    assert counts("'two'") == counts("'five', 'six'")
    again = hostile.rows(
        "select display_name, function from fct_compilations "
        "where trace = 'two' and occurrence = 2 and compile_id = '1_0_0'"
    )
    assert again == [{"display_name": "[1/0]", "function": "g"}]

    def files(trace: str, occurrence: int) -> list[dict[str, object]]:
        return hostile.rows(
            f"select frame_number, frame_file from fct_compile_stacks where trace = '{trace}' "
            f"and compile_base = '0_0' and occurrence = {occurrence} order by frame_number"
        )

    assert files("two", 2) == files("six", 1)


def test_compiled_autograd_ranks_and_repeated_ids(hostile: Workspace) -> None:
    rows = hostile.rows(
        "select directory, display_name, rank from fct_compilations where trace = 'ids' "
        "order by compilation_number"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("!3_5_0_1", "[!3/5/0_1]", 1),
        ("0_0_0", "[0/0]", 1),
        ("1_0_0", "[1/0]", 1),
        ("0_0_0.2", "[0/0]", 1),
        ("0_0_0.3", "[0/0]", 1),
    ]


def test_a_log_of_other_records_is_a_trace_without_compilations(hostile: Workspace) -> None:
    rows = hostile.rows(
        "select compilations, failures, rejected_lines from dim_traces where trace = 'no_compilations'"
    )
    assert rows == [{"compilations": 0, "failures": 0, "rejected_lines": 0}]


def test_pages_of_odd_records(loads: Loads) -> None:
    site = loads[0].render() / "traces"

    def text(page: str) -> str:
        return (site / page).read_text(encoding="utf-8")

    index = text("bad/index.html")
    assert '<span class="warning">6 line(s)</span>' in index
    assert "co_name, guard_count, new_key" in index
    assert "payload differs from its md5" in text("bad/rejected_lines.html")
    assert "1.5 ms" in text("bad/7_0_0/aot_autograd_backward_compilation_metrics.html")
    assert "no reason was logged" in text("bad/failures_and_restarts.html")
    assert "(no id)" in text("bad/unknown/compilation_metrics.html")
    assert "#99:3 in f" in text("bad/6_0_0/compilation.html")
    other = text("bad/4_0_0/compilation_metrics.html")
    assert "Other metrics" in other
    assert "{&#34;a&#34;:1}" in other
    assert "[!3/5/0_1]" in text("ids/!3_5_0_1/compilation_metrics.html")
    assert "occurrence 3 of this id" in text("ids/0_0_0.3/compilation_metrics.html")
    assert "The trace has no compilations." in text("no_compilations/index.html")
    assert "No failures" in text("no_compilations/failures_and_restarts.html")


@pytest.mark.slow
def test_the_models_build_on_an_empty_store(workspace: Workspace) -> None:
    workspace.build_traces()
    assert workspace.rows("select count() as n from dim_traces") == [{"n": 0}]
