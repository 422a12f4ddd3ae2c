"""Values in ClickHouse's RowBinary format.

client.insert is not used because it takes a third of a second to import pandas, and keeps
each batch in a reference cycle, so memory grows with the file until garbage is collected.
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
