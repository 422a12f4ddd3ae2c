"""The payloads of a log that are stored: torch's own spans, and records that ranks should share.

A payload is stored as one line of JSON with its record: `{"record": ..., "payload": ...}`. The
spans of a log are nearly half of it, because a span that ends repeats the metrics record and the
cache key's parts; such long values are left out.
"""

from __future__ import annotations

import json
import re
from typing import Any

LONGEST_PAYLOAD = 4 << 20
"""A payload of more bytes is not kept; the spans of torch have at most about 100 KB."""

_KEPT = re.compile(
    rb'\] \{"(?:chromium_event": \{'
    rb'|artifact": \{"name": "(?:inductor_collective_schedule|recompile_reasons)")'
)
_REASONS = b'"name": "recompile_reasons"'
_SHORT_PAYLOAD = 2000
_SHORT_TEXT = 200


def is_kept(line: bytes) -> bool:
    """Whether the payload below a record line is stored. The kind stands first in a record."""
    return _KEPT.search(line, 0, 500) is not None


def kept_payload(line: bytes, payload: bytes) -> bytes | None:
    """The line to store for a record's line and its payload; None when a long one cannot be shortened.

    A short payload is not read here: the models leave out a line that is no JSON.
    """
    if _REASONS in line and payload[:1] != b"[":  # torch logs a single reason as plain text
        payload = json.dumps([payload.decode(errors="replace").rstrip("\n")]).encode()
    if len(payload) > _SHORT_PAYLOAD:
        try:
            payload = json.dumps(_shortened(json.loads(payload)), separators=(",", ":")).encode()
        except (ValueError, RecursionError):
            return None
    record = line[line.find(b"] {") + 2 :]
    # json.dumps with an indent of 0 put each value on a line; a line end inside a text is escaped
    return b'{"record":' + record + b',"payload":' + payload.replace(b"\n", b"") + b"}"


def _shortened(event: Any) -> Any:
    """A span without arguments that are long texts, lists or objects; another value as it is."""
    if not isinstance(event, dict) or not isinstance(arguments := event.get("args"), dict):
        return event
    return event | {"args": {name: value for name, value in arguments.items() if _is_short(value)}}


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _SHORT_TEXT
    return not isinstance(value, list | dict)
