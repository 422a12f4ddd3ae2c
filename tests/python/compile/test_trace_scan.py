"""Reading logs: payloads are checked and lines numbered, whatever the file holds."""

from __future__ import annotations

import gzip
import hashlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from workspace import TRACE

from ci_signals.loaders import trace_scan
from ci_signals.loaders.trace_scan import REPAIRED, ScannedLine, scan_log

HEAD = b"V1121 17:35:01.547000 12933 torch/a.py:1] "


def record(payload: str | None = None, newline: str = "\n") -> bytes:
    if payload is None:
        return HEAD + b'{"dynamo_start": {}}' + newline.encode()
    md5 = hashlib.md5(payload.encode()).hexdigest()
    lines = "".join(f"\t{line}{newline}" for line in payload.split("\n"))
    return HEAD + f'{{"artifact": {{}}, "has_payload": "{md5}"}}{newline}{lines}'.encode()


def scan(data: bytes) -> list[ScannedLine]:
    return list(scan_log(io.BytesIO(data)))


def problems(data: bytes) -> list[tuple[int, str]]:
    return [(line.number, line.problem) for line in scan(data)]


PAYLOADS = ["{}", "a\nb", "a\n\nb\n", "\ttab\n\t\ttabs\nnone", "tab\tinside", "", "last\n\n", "\r", "ü 😀"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_is_hashed_without_its_tabs(payload: str, newline: str) -> None:
    if newline == "\r\n" and "\r" in payload:
        pytest.skip("cannot be told apart")
    assert problems(record() + record(payload, newline) + record()) == [
        (1, ""),
        (2, ""),
        (3 + len(payload.split("\n")), ""),
    ]


@pytest.mark.parametrize("block", [1, 7, 64, 4096])
def test_blocks_do_not_show(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(record(payload) for payload in PAYLOADS) + b"foreign\n" + record()
    whole = scan(data)
    monkeypatch.setattr(trace_scan, "_BLOCK", block)
    assert scan(data) == whole


def test_a_real_log_has_no_problems() -> None:
    lines = scan(gzip.decompress(next(TRACE.glob("*.log.gz")).read_bytes()))
    assert len([line for line in lines if not line.is_payload]) == 452
    assert {line.problem for line in lines} == {""}


def event(payload: str) -> bytes:
    return record(payload).replace(b'"artifact": {}', b'"chromium_event": {}, "rank": 1')


def kept(data: bytes) -> list[object]:
    return [json.loads(line.text)["payload"] for line in scan(data) if line.is_payload]


def test_the_payload_of_a_span_is_kept_with_its_record() -> None:
    lines = scan(record("{}") + event('{\n"name": "dynamo",\n"args": {}\n}') + record())
    stored = [line for line in lines if line.is_payload]
    assert [line.number for line in stored] == [3]
    whole = json.loads(stored[0].text)
    assert whole["payload"] == {"name": "dynamo", "args": {}}
    assert (whole["record"]["chromium_event"], whole["record"]["rank"]) == ({}, 1)
    assert len(lines) == 4


def test_long_arguments_of_a_span_are_left_out() -> None:
    arguments = {"compile_id": "0/0", "cached": True, "config": "x" * 3000, "parts": ["a"], "more": {}}
    span = {"name": "dynamo", "ts": 1.5, "args": arguments, "ph": "E"}
    short = span | {"args": {"compile_id": "0/0", "cached": True}}
    assert kept(event(json.dumps(span, indent=0))) == [short]


@pytest.mark.parametrize("payload", ["not JSON" * 500, "[" * 5000])
def test_a_long_payload_that_is_not_json_is_not_kept(payload: str) -> None:
    assert kept(event(payload)) == []
    assert problems(event(payload)) == [(1, "")]


def test_a_recompile_reason_that_torch_logs_as_text_is_kept_as_json() -> None:
    reason = "13/0: tensor 'x' rank mismatch. expected 1, actual 2"
    artifact = b'"artifact": {"name": "recompile_reasons", "encoding": "json"}'
    assert kept(record(reason).replace(b'"artifact": {}', artifact)) == [[reason]]
    assert kept(record('[\n"a",\n"b"\n]').replace(b'"artifact": {}', artifact)) == [["a", "b"]]


def test_a_damaged_payload_is_not_kept() -> None:
    assert kept(event('{"a": 1}').replace(b": 1}", b": 2}")) == []


def test_a_lone_surrogate_of_a_payload_becomes_the_replacement_character() -> None:
    assert kept(event('{"a": "\\ud800"}')) == [{"a": "\ufffd"}]


def test_a_changed_payload_is_told_by_its_record() -> None:
    data = record("one\ntwo").replace(b"two", b"2wo") + record()
    assert problems(data) == [(1, "payload differs from its md5"), (4, "")]


def test_a_payload_cut_by_the_end_says_so() -> None:
    assert problems(record("one\ntwo")[:-3]) == [(1, "payload cut short by the end of the file")]


def test_a_missing_payload() -> None:
    assert problems(record("one").split(b"\n")[0] + b"\n" + record()) == [(1, "payload missing"), (2, "")]


def test_a_payload_that_nobody_announced() -> None:
    assert problems(b"\tlost\n\tlost\n" + record() + b"\tsurplus\n") == [
        (1, "payload without a record"),
        (3, ""),
        (4, "payload that no record announces"),
    ]


def test_a_foreign_line_stays_a_line_of_its_own() -> None:
    found = scan(record() + b"Traceback (most recent call last):\n\n" + record())
    assert [(line.number, line.text[:9]) for line in found] == [
        (1, HEAD[:9]),
        (2, b"Traceback"),
        (4, HEAD[:9]),
    ]


def test_a_line_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_scan, "LONG_LINE", 100_000)
    monkeypatch.setattr(trace_scan, "_BLOCK", 4096)
    found = scan(record() + b"x" * 1_000_000 + b"\n" + record())
    assert [(line.number, line.problem, len(line.text) <= 4096) for line in found] == [
        (1, "", True),
        (2, "line too long", True),
        (3, "", True),
    ]


@pytest.mark.parametrize(
    ("logged", "stored", "problem"),
    [
        (rb'{"a": "\udce9"}', rb'{"a": "\ufffd"}', REPAIRED),
        (rb'{"a": "\ud83d\ude00"}', rb'{"a": "\ud83d\ude00"}', ""),
        (rb'{"a": "\ud83d \ude00"}', rb'{"a": "\ufffd \ufffd"}', REPAIRED),
        (rb'{"a": "\\udce9"}', rb'{"a": "\\udce9"}', ""),
        (rb'{"a": "\\\uDCE9"}', rb'{"a": "\\\ufffd"}', REPAIRED),
    ],
)
def test_a_lone_surrogate_becomes_a_replacement(logged: bytes, stored: bytes, problem: str) -> None:
    assert scan(HEAD + logged) == [ScannedLine(1, problem, HEAD + stored)]


def test_an_empty_file_has_no_lines() -> None:
    assert scan(b"") == []


@given(
    st.lists(st.sampled_from([b"\t", b"\n", b"\r\n", b"V", b"x", b"\\ud800", b'"has_payload": "', b"\xff"]))
)
def test_no_bytes_stop_the_scan(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    numbers = [line.number for line in scan(data)]
    assert numbers == sorted(numbers)
    assert all(1 <= number <= data.count(b"\n") + 1 for number in numbers)
