"""Read trace files: yield the lines; check payloads against their md5 and drop most of them.

SQL reads the records (models/staging/compile). This module checks only what SQL cannot see
later: payloads, of which trace_payloads.py keeps a few, and escapes of lone surrogates, which the
engine's JSON parser refuses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import NamedTuple, Protocol

from ci_signals.loaders.trace_payloads import LONGEST_PAYLOAD, is_kept, kept_payload

LONG_LINE = 32 << 20
"""A line of more bytes is set aside; a record of torch has about 40 KB."""

KEPT_OF_LONG_LINE = 4096
REPAIRED = "lone surrogate, shown as U+FFFD"
"""The same text as in the macro repaired_reason. Such a line is listed and used."""

_BLOCK = 4 << 20
_TAB, _NEWLINE = 0x09, 0x0A
_BEFORE_HEAD = re.compile(rb"\n(?!\t)")
_ANNOUNCED = b'"has_payload": "'
_ESCAPES = re.compile(
    rb"\\(?:(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"  # a pair
    rb"|(u[dD][89a-fA-F][0-9a-fA-F]{2})"  # a lone one
    rb"|.)",
    re.DOTALL,
)


class Readable(Protocol):
    """The part of a binary file that a scan uses."""

    def read(self, size: int, /) -> bytes: ...

    def readline(self, size: int, /) -> bytes: ...


class ScannedLine(NamedTuple):
    """One line to store. number: from 1. problem: what is wrong with the line, or ''.

    is_payload: the text is the payload of the record on that line, with the record around it.
    """

    number: int
    problem: str
    text: bytes
    is_payload: bool = False


def scan_log(file: Readable) -> Iterator[ScannedLine]:
    """The record lines of a raw log, and every line that is not part of a record.

    Memory does not grow with the file: payloads are hashed in pieces, and at most LONG_LINE
    bytes of a line are read. Blank lines are skipped.
    """
    number = 0  # of the last line read
    open_record = _Record(0, b"")
    for lines in _blocks(file):
        if isinstance(lines, _LongLine):
            yield from open_record.finish(is_last=False)
            open_record = _Record(0, b"")
            number += 1
            yield ScannedLine(number, "line too long", lines.start)
            continue
        # reading line by line takes twice as long: nineteen lines in twenty are payload
        heads = [0] if lines[0] != _TAB else []
        heads += [found.end() for found in _BEFORE_HEAD.finditer(lines) if found.end() < len(lines)]
        heads.append(len(lines))
        number += open_record.add(lines[: heads[0]], number + 1)
        for head, following in pairwise(heads):
            yield from open_record.finish(is_last=False)
            end = lines.find(b"\n", head) + 1 or len(lines)
            open_record = _Record(number + 1, lines[head:end])
            number += 1 + open_record.add(lines[end:following], number + 2)
    yield from open_record.finish(is_last=True)


def scan_jsonl(file: Readable) -> Iterator[ScannedLine]:
    """The lines of an intermediate file, without blank ones."""
    skipping = False
    number = 0
    for line in iter(partial(file.readline, LONG_LINE), b""):
        if skipping:
            skipping = line[-1] != _NEWLINE
            continue
        number += 1
        if len(line) == LONG_LINE and line[-1] != _NEWLINE:
            skipping = True
            yield ScannedLine(number, "line too long", line[:KEPT_OF_LONG_LINE])
        elif text := line.strip():
            yield _repaired(number, text)


def scan_document(file: Readable) -> Iterator[ScannedLine]:
    """A whole JSON file (a string table) as one line."""
    text = file.read(LONG_LINE + 1)
    if len(text) > LONG_LINE:
        yield ScannedLine(1, "line too long", text[:KEPT_OF_LONG_LINE])
    elif text.strip():
        yield _repaired(1, text)


class _LongLine(NamedTuple):
    start: bytes


def _blocks(file: Readable) -> Iterator[bytes | _LongLine]:
    """The file in blocks of whole lines. Of a line beyond LONG_LINE only the start comes, by itself."""
    rest = b""
    while block := file.read(_BLOCK):
        end = block.rfind(b"\n") + 1
        if end:
            yield rest + block[:end]
            rest = block[end:]
        else:
            rest += block
        if len(rest) > LONG_LINE:
            yield _LongLine(rest[:KEPT_OF_LONG_LINE])
            rest = _after_newline(file)
    if rest:
        yield rest


def _after_newline(file: Readable) -> bytes:
    while block := file.read(_BLOCK):
        if found := block.find(b"\n") + 1:
            return block[found:]
    return b""


class _Record:
    """A record line, and the hash of the payload below it. Like torch, it hashes the payload's lines
    without their leading tab, joined by newlines. `number` 0 means that there is no record."""

    def __init__(self, number: int, line: bytes) -> None:
        self.number = number
        self.text = line.rstrip(b"\r\n")
        self._is_crlf = line.endswith(b"\r\n")
        self._payload_number = 0
        self._payload_start = b""
        self._hash = hashlib.md5(usedforsecurity=False)
        self._is_kept = is_kept(line)
        self._kept: list[bytes] = []

    def add(self, payload: bytes, number: int) -> int:
        """Add payload that starts on the file's line `number`. Returns how many lines it has."""
        if not payload:
            return 0
        if self._payload_number:
            self._hash.update(b"\n")
        else:
            self._payload_number = number
            self._payload_start = payload[:KEPT_OF_LONG_LINE].split(b"\n")[0].rstrip(b"\r")
        lines = payload.count(b"\n") + (payload[-1] != _NEWLINE)
        if self._is_crlf:
            payload = payload.replace(b"\r\n", b"\n")
        if payload.count(b"\t") == lines:  # only leading tabs, and removing all tabs is ten times faster
            text = payload.translate(None, b"\t")
        else:
            text = payload.replace(b"\n\t", b"\n")[1:]
        self._hash.update(text.removesuffix(b"\n"))
        if self._is_kept:
            self._keep(text)
        return lines

    def _keep(self, text: bytes) -> None:
        self._kept.append(text if text.endswith(b"\n") else text + b"\n")
        if sum(map(len, self._kept)) > LONGEST_PAYLOAD:
            self._is_kept = False
            self._kept = []

    def finish(self, is_last: bool) -> Iterator[ScannedLine]:
        """The lines to store for the record, after all of its payload was added."""
        orphan = ScannedLine(self._payload_number, "payload without a record", self._payload_start)
        if not self.text:
            if self._payload_number:
                yield orphan
            return
        # torch writes this key last, so without a payload only the end of a record of 40 KB is searched
        at = self.text.rfind(_ANNOUNCED, 0 if self._payload_number else max(0, len(self.text) - 200))
        start = at + len(_ANNOUNCED)
        expected = self.text[start : start + 32].decode("latin-1") if at >= 0 else ""
        if not expected:
            yield _repaired(self.number, self.text)
            if self._payload_number:
                yield orphan._replace(problem="payload that no record announces")
        elif not self._payload_number:
            yield ScannedLine(self.number, "payload missing", self.text)
        elif self._hash.hexdigest() == expected:
            yield _repaired(self.number, self.text)
            if self._is_kept and (kept := kept_payload(self.text, b"".join(self._kept))):
                yield ScannedLine(self.number, "", _repaired(self.number, kept).text, is_payload=True)
        elif is_last:
            yield ScannedLine(self.number, "payload cut short by the end of the file", self.text)
        else:
            yield ScannedLine(self.number, "payload differs from its md5", self.text)


def _repaired(number: int, text: bytes) -> ScannedLine:
    if b"\\ud" not in text and b"\\uD" not in text:
        return ScannedLine(number, "", text)
    whole = _ESCAPES.sub(lambda found: b"\\ufffd" if found.group(2) else found.group(0), text)
    return ScannedLine(number, "" if whole == text else REPAIRED, whole)
