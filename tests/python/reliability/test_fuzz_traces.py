"""Damaged trace files: every line is used or set aside, and models and pages build from the used ones."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st
from mutations import EDITS, VALUES, edited, fuzzed
from workspace import INTERMEDIATE, PROJECT, Workspace

from ci_signals.console import Console
from ci_signals.errors import UserError
from ci_signals.loaders.trace import load_trace
from ci_signals.settings import Settings
from ci_signals.warehouse import Client, open_client

PREFIX = "V1121 17:35:01.547000 12933 torch/_dynamo/utils.py:2009] "
LOOKS_LIKE_A_RECORD = re.compile(rb"[A-Z][0-9]{4} .*] \{")
DOCUMENTS = ("string_table.json",)
SQUEEZE: dict[str, Callable[[bytes], bytes]] = {"log.gz": gzip.compress, "log.zst": zstd.compress}
_numbers = itertools.count(1)

Lines = dict[str, dict[int, str]]


class Loader:
    """A store that this process has open, and a folder for traces. Loads run in the process."""

    def __init__(self, workspace: Workspace, settings: Settings, client: Client) -> None:
        self.workspace, self.settings, self.client = workspace, settings, client

    def load(self, files: dict[str, bytes], trace: str) -> Lines:
        """Load the files as a trace; of every stored line the reason ('' for a good one)."""
        folder = self.workspace.folder / f"load-{next(_numbers)}"
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        (folder / "sound.log").write_bytes(record(dynamo_start={}))  # a trace has a record
        load_trace(self.settings, Console(quiet=True), [folder], trace)
        found = self.client.query(
            "select file, line_number, reason from ci_raw.trace_lines where file != 'sound.log' and load_id ="
            " (select argMax(load_id, loaded_at) from ci_raw.trace_loads where trace = {trace:String})",
            parameters={"trace": trace},
        ).result_rows
        lines: Lines = {name: {} for name in files}
        for file, number, reason in found:
            assert number not in lines[file], (file, number)
            lines[file][int(number)] = str(reason)
        return lines


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("fuzz"))
    first = workspace.folder / "first.log"
    first.write_bytes(record(dynamo_start={}))
    workspace.signals("load", "trace", first)  # makes the tables
    return workspace


@pytest.fixture(scope="module")
def loader(workspace: Workspace) -> Iterator[Loader]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIGNALS_STORE", str(workspace.folder / "store"))
        settings = Settings(PROJECT)
        with open_client(settings) as client:
            yield Loader(workspace, settings, client)


def record(payload: bytes | None = None, **body: Any) -> bytes:
    if payload is None:
        return f"{PREFIX}{json.dumps(body)}\n".encode()
    body["has_payload"] = hashlib.md5(payload).hexdigest()
    return record(**body) + b"".join(b"\t" + line + b"\n" for line in payload.split(b"\n"))


def records(number: int) -> list[bytes]:
    """What a compilation logs, shortened; every record is whole and differs from those of other files."""
    at: dict[str, Any] = {"frame_id": number, "frame_compile_id": 0, "attempt": 0}
    return [
        record(str=[f"/a/{number}.py", 0]),
        record(dynamo_start={"stack": [{"line": 3, "name": "f", "filename": 0, "loc": "x"}]}, **at),
        record(b"{}\n  graph", artifact={"name": "graph"}, **at),
        record(symbolic_shape_specialization={"symbol": "s0", "sources": ["L['x']"], "value": "3"}, **at),
        record(guard_added_fast={"expr": "Eq(s0, 3)", "user_stack": []}, **at),
        record(compilation_metrics={"co_name": "f", "fail_type": None, "start_time": 1.5, "new": {}}, **at),
        record(bwd_compilation_metrics={"restart_reasons": ["again"], "duration_us": 12}, **at),
    ]


def is_whole(lines: list[bytes], place: int, whole: set[bytes]) -> bool:
    """Whether the record at `place`, with the payload below it, is one that was written."""
    end = place + 1
    while end < len(lines) and lines[end].startswith(b"\t"):
        end += 1
    if any(line.endswith(b"\r") for line in lines[place:end]):
        return False
    return b"".join(line + b"\n" for line in lines[place:end]) in whole


@fuzzed(25)
@given(plans=st.lists(EDITS, min_size=40, max_size=40))
def test_every_line_of_a_damaged_log_is_used_or_set_aside(loader: Loader, plans: list[list[Any]]) -> None:
    files: dict[str, bytes] = {}
    written: dict[str, set[bytes]] = {}
    for number, edits in enumerate(plans):
        name = f"{number:02}.log"
        written[name] = set(records(number))
        files[name] = edited(b"".join(records(number)), edits)
    stored = loader.load(files, "damaged")
    for name, content in files.items():
        lines = content.split(b"\n")
        for place, line in enumerate(lines):
            reason = stored[name].get(place + 1)
            if line.startswith(b"\t") or not line.strip(b"\r\n"):
                continue  # a payload, or nothing
            assert reason is not None, (name, place + 1, line)
            if is_whole(lines, place, written[name]):
                assert reason == "", (name, place + 1, line, reason)
            elif not LOOKS_LIKE_A_RECORD.match(line):
                assert reason, (name, place + 1, line)
        assert set(stored[name]) <= set(range(1, len(lines) + 1))


SPLIT = INTERMEDIATE / "03_dynamic_shapes"


def entries(name: str) -> list[bytes]:
    """Five of the sample's lines, one of each type that the file has, the shortest."""
    path = SPLIT / name
    text = gzip.decompress((SPLIT / f"{name}.gz").read_bytes()) if not path.exists() else path.read_bytes()
    if name in DOCUMENTS:
        return [text]
    shortest: dict[str, bytes] = {}
    for line in sorted(text.splitlines(), key=len):
        shortest.setdefault(json.loads(line)["type"], line)
    return list(shortest.values())[:5]


ENTRIES = {name: entries(name) for name in ("compilation_metrics.jsonl", "guards.jsonl", "string_table.json")}


@fuzzed(8)
@given(plans=st.lists(st.tuples(st.sampled_from(sorted(ENTRIES)), EDITS), min_size=20, max_size=20))
def test_every_line_of_a_damaged_intermediate_file_is_used_or_set_aside(
    loader: Loader, plans: list[tuple[str, list[Any]]]
) -> None:
    files = {}
    for number, (name, edits) in enumerate(plans):
        joined = b"\n".join(ENTRIES[name]) + (b"" if name in DOCUMENTS else b"\n")
        files[f"{number:02}/{name}"] = edited(joined, edits)
    stored = loader.load(files, "intermediate")
    for path, content in files.items():
        name = path.split("/")[1]
        if name in DOCUMENTS:
            assert set(stored[path]) <= {1}
            assert bool(stored[path]) == bool(content.strip())
            continue
        for number, line in enumerate(content.split(b"\n"), 1):
            if not line.strip():
                assert number not in stored[path]
            elif line in ENTRIES[name]:
                assert stored[path][number] == "", (path, number)
            else:
                assert number in stored[path], (path, number)
                assert stored[path][number] or is_object(line), (path, number, line)


def is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line.decode(errors="replace")), dict)
    except (ValueError, RecursionError):
        return False


@fuzzed(3)
@given(plans=st.lists(st.tuples(st.sampled_from(sorted(SQUEEZE)), EDITS), min_size=10, max_size=10))
def test_a_damaged_archive_leaves_the_trace_as_it_was(
    loader: Loader, plans: list[tuple[str, list[Any]]]
) -> None:
    loader.load({"a.log": record(dynamo_start={})}, "kept")
    for suffix, edits in plans:
        content = SQUEEZE[suffix](b"".join(records(1) + records(2)))
        with suppress(UserError):
            loader.load({f"a.{suffix}": edited(content, edits)}, "kept")
        rows = loader.client.query("select count() from ci_raw.trace_loads final where trace = 'kept'")
        assert rows.result_rows == [(1,)]


FIELDS = [
    "rank",
    "frame_id",
    "frame_compile_id",
    "attempt",
    "compiled_autograd_id",
    "timestamp",
    "compile_id",
]


def odd_values() -> list[tuple[int, str, Any]]:
    """Which record, which of its fields, and what to put there."""
    drawn: list[tuple[int, str, Any]] = []

    @fuzzed(600)
    @given(st.integers(1, 6), st.sampled_from([*FIELDS, "body", "part"]), VALUES)
    def draw(which: int, field: str, value: Any) -> None:
        drawn.append((which, field, value))

    draw()
    return drawn


def test_models_and_pages_stand_any_value(workspace: Workspace, loader: Loader) -> None:
    logs, lines = [], []
    for number, (which, field, value) in enumerate(odd_values()):
        text = records(number % 50)[which].split(b"\n")[0].removeprefix(PREFIX.encode())
        body = json.loads(text)
        kind = next(iter(body))
        if field == "body":
            body[kind] = value
        elif field == "part" and isinstance(body[kind], dict):
            key = next(iter(body[kind]))
            body[kind][key] = value
        else:
            body[field] = value
        body.pop("has_payload", None)
        logs.append(record(**body))
        entry = {"type": kind, "compile_id": "0_0_0", "rank": 0, "metadata": body[kind], field: value}
        lines.append(json.dumps(entry).encode())
    plain = {"a.log": b"".join(logs)}
    split = {"i/compilation_metrics.jsonl": b"\n".join(lines), "i/string_table.json": b'{"0": "a.py"}'}
    stored = loader.load(plain, "odd.log") | loader.load(split, "odd.intermediate")
    for name, count in (("a.log", len(logs)), ("i/compilation_metrics.jsonl", len(lines))):
        assert len(stored[name]) == count
    loader.client.close()  # the store is for the commands now
    done = workspace.signals("build", "--select", "tag:compile", "--output", workspace.site, check=False)
    assert done.returncode == 0, done.stderr
    pages = workspace.site / "traces"
    for trace in ("odd.log", "odd.intermediate", "damaged", "intermediate"):
        directory = json.loads((pages / trace / "compile_directory.json").read_text())
        for entry in directory.values():
            assert all((pages / trace / artifact["url"]).is_file() for artifact in entry["artifacts"])
