"""Reading trace files: lines out, payloads checked against their md5 and dropped.

What a record says is not looked at here; that is SQL (models/staging/compile). Only
what SQL cannot see afterwards is judged: payloads, which are not stored, and escapes
of lone surrogates, which the engine's JSON parser refuses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import partial
from typing import IO, NamedTuple

LONG_LINE = 32 << 20
"""Bytes of a line above which it is set aside; a record of torch is about 40 KB."""

KEPT_OF_LONG_LINE = 4096
REPAIRED = "lone surrogate, shown as U+FFFD"
"""The same text as the macro repaired_reason: such a line is listed, and used."""

_TAB = 0x09
_FOLD = 4 << 20
_ANNOUNCED = b'"has_payload": "'
_ESCAPES = re.compile(
    rb"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"  # a pair
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})"  # a lone one
    rb"|.)",
    re.DOTALL,
)


class ScannedLine(NamedTuple):
    """One line to store. number: 1 for the file's first. problem: what is wrong with it, or ''."""

    number: int
    problem: str
    text: bytes


def scan_log(file: IO[bytes]) -> Iterator[ScannedLine]:
    """The record lines of a raw log, and every line that is not part of a record.

    Memory stays flat: a payload is hashed as it passes, and a line is read up to
    LONG_LINE bytes. Blank lines are passed over.
    """
    number, record_number, record = 0, 0, b""
    payload = _Payload()
    skipping = False
    for line in iter(partial(file.readline, LONG_LINE), b""):
        if skipping:
            skipping = line[-1] != 0x0A
            continue
        number += 1
        if line[0] == _TAB:
            payload.add(line, number)
            continue
        if record or payload.first_line:
            yield from _finished(record_number, record, payload, is_last=False)
            payload = _Payload()
        record = b""
        if len(line) == LONG_LINE and line[-1] != 0x0A:
            skipping = True
            yield ScannedLine(number, "line too long", line[:KEPT_OF_LONG_LINE])
            continue
        record = line.rstrip(b"\r\n")
        record_number = number
        payload.is_crlf = line.endswith(b"\r\n")
    if record or payload.first_line:
        yield from _finished(record_number, record, payload, is_last=True)


def scan_jsonl(file: IO[bytes]) -> Iterator[ScannedLine]:
    """The lines of an intermediate file, blank ones passed over."""
    skipping = False
    number = 0
    for line in iter(partial(file.readline, LONG_LINE), b""):
        if skipping:
            skipping = line[-1] != 0x0A
            continue
        number += 1
        if len(line) == LONG_LINE and line[-1] != 0x0A:
            skipping = True
            yield ScannedLine(number, "line too long", line[:KEPT_OF_LONG_LINE])
        elif text := line.strip():
            yield _repaired(number, text)


def scan_document(file: IO[bytes]) -> Iterator[ScannedLine]:
    """A whole JSON file (a string table) as one line."""
    text = file.read(LONG_LINE + 1)
    if len(text) > LONG_LINE:
        yield ScannedLine(1, "line too long", text[:KEPT_OF_LONG_LINE])
    elif text.strip():
        yield _repaired(1, text)


class _Payload:
    """The tab-led lines below a record, hashed as torch does: without the tab, joined by newlines."""

    def __init__(self) -> None:
        self.first_line = 0
        self.is_crlf = False
        self.start = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._hash = hashlib.md5(usedforsecurity=False)
        self._withheld = b""

    def add(self, line: bytes, number: int) -> None:
        if not self.first_line:
            self.first_line = number
            self.start = line[:KEPT_OF_LONG_LINE]
        self._parts.append(line)
        self._size += len(line)
        if self._size > _FOLD:
            self._fold()

    def md5(self) -> bytes:
        self._fold()
        return self._hash.hexdigest().encode()

    def _fold(self) -> None:
        text = b"".join(self._parts)
        if self.is_crlf:
            text = text.replace(b"\r\n", b"\n")
        if text:
            self._hash.update(self._withheld + text.removesuffix(b"\n").replace(b"\n\t", b"\n")[1:])
            self._withheld = b"\n"
        self._parts.clear()
        self._size = 0


def _finished(number: int, record: bytes, payload: _Payload, is_last: bool) -> Iterator[ScannedLine]:
    if not record:
        if payload.first_line:
            yield ScannedLine(payload.first_line, "payload without a record", payload.start.rstrip(b"\r\n"))
        return
    at = record.rfind(_ANNOUNCED)
    expected = record[at + len(_ANNOUNCED) : at + len(_ANNOUNCED) + 32] if at >= 0 else b""
    if expected and not payload.first_line:
        yield ScannedLine(number, "payload missing", record)
    elif expected and payload.md5() != expected:
        problem = "payload cut short by the end of the file" if is_last else "payload differs from its md5"
        yield ScannedLine(number, problem, record)
    else:
        yield _repaired(number, record)
        if payload.first_line and not expected:
            text = payload.start.rstrip(b"\r\n")
            yield ScannedLine(payload.first_line, "payload that no record announces", text)


def _repaired(number: int, text: bytes) -> ScannedLine:
    if b"\\ud" not in text and b"\\uD" not in text:
        return ScannedLine(number, "", text)
    whole = _ESCAPES.sub(lambda found: b"\\ufffd" if found.group(2) else found.group(0), text)
    return ScannedLine(number, "" if whole == text else REPAIRED, whole)
