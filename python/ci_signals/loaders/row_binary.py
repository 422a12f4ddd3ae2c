"""Values in ClickHouse's RowBinary format.

Not client.insert: it imports pandas for a third of a second, and keeps each batch in a
cycle of references, so that memory grows with the file until garbage is collected.
"""

from __future__ import annotations

import struct


def string(text: bytes) -> bytes:
    """A String: the length as a variable-length integer, then the bytes."""
    length, prefix = len(text), bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    prefix.append(length)
    return bytes(prefix) + text


uint32 = struct.Struct("<I").pack
uint64 = struct.Struct("<Q").pack
