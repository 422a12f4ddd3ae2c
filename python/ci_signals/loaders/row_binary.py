"""Values in ClickHouse's RowBinary format.

client.insert is not used because it takes a third of a second to import pandas, and keeps
each batch in a reference cycle, so memory grows with the file until garbage is collected.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def string(text: bytes) -> bytes:
    """A String: the length as a variable-length integer, then the bytes."""
    return _length(len(text)) + text


def string_map(values: Mapping[str, str]) -> bytes:
    """A Map(String, String): the number of pairs, then keys and values."""
    texts = (text for pair in values.items() for text in pair)
    return _length(len(values)) + b"".join(string(text.encode()) for text in texts)


def nullable_microseconds(moment: datetime | None) -> bytes:
    """A Nullable(DateTime64(6)). `moment` has a zone."""
    if moment is None:
        return b"\x01"
    return b"\x00" + struct.pack("<q", (moment - _EPOCH) // timedelta(microseconds=1))


def _length(length: int) -> bytes:
    prefix = bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix)


uint32 = struct.Struct("<I").pack
uint64 = struct.Struct("<Q").pack
