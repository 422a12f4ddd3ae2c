"""The JSON documents of a file, however they follow each other.

One a file, one a line, or one directly after another, as `gh api --paginate` prints pages.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci_signals.loaders.files import DamagedFileError, open_on_disk

_BLOCK = 1 << 20
_LONGEST = 128 << 20  # characters; a page of 100 jobs has about half a million
_KEPT_OF_BROKEN = 4096
# An escape of two surrogates is the longest thing of which the parser sees only a part at the end.
_CUT = 12
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\r\n\x1e]*")
_NEXT = re.compile(r"\n(?=[{\[])")


@dataclass(frozen=True)
class Broken:
    """Text that is no document, from where reading failed to the next line that may start one."""

    text: str
    reason: str


def json_documents(path: Path) -> Iterator[tuple[Any, int]]:
    """Each document as Python reads it, or Broken; and bytes read on disk so far.

    A file that does not start with an object or a list has no documents.
    Bytes that are no text become lone surrogates.
    Raises DamagedFileError, after all documents before the damage.
    """
    with open_on_disk(path) as (file, raw):
        head = file.peek(4)[:4]
        decoder = codecs.getincrementaldecoder(json.detect_encoding(head))(errors="surrogateescape")
        text, at, is_end, number = "", 0, False, 0
        while True:
            at = _end(_SPACE, text, at)
            if at == len(text) and is_end:
                return
            if number == 0 and at < len(text) and text[at] not in "{[":
                return
            document, end = (None, at) if at == len(text) else _document(text, at, is_end)
            if end == at:  # it goes on beyond what is read
                if len(text) - at > _LONGEST:
                    raise DamagedFileError(
                        f"{path} is not read beyond document {number}: the next is too long"
                    )
                block = file.read(max(_BLOCK, len(text) - at))
                is_end = not block
                try:
                    text, at = text[at:] + decoder.decode(block, final=is_end), 0
                except UnicodeDecodeError as error:
                    if not number:
                        return
                    raise DamagedFileError(f"{path} is no text: {error.reason}") from error
                continue
            number += 1
            yield document, raw.tell()
            at = end


def _document(text: str, at: int, is_end: bool) -> tuple[Any, int]:
    """The document at `at` and where it ends; an end of `at` when more text has to be read."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        reason, where = "it is nested too deeply", at
        if isinstance(error, json.JSONDecodeError):
            reason, where = f"{error.msg.removesuffix(' at')} at character {error.pos - at + 1}", error.pos
            is_cut = error.msg.startswith("Unterminated") or error.pos >= len(text) - _CUT
            if is_cut and not is_end:
                return None, at
        elif isinstance(error, ValueError):
            reason = "it has a number of too many digits"
    # a document that starts a line is whole again; without one, more has to be read to find it
    found = _NEXT.search(text, max(at, where - 1))
    if not found and not is_end and len(text) - at <= _LONGEST:
        return None, at
    end = found.end() if found else len(text)
    return Broken(text[at : min(end, at + _KEPT_OF_BROKEN)], f"not JSON: {reason}"), end


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
