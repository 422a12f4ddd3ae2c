"""Files of lines, in blocks of whole lines that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from ci_signals.loaders.files import DamagedFileError, is_compressed, open_on_disk

_BLOCK = 1 << 20
_KEPT_OF_LONG_LINE = 4096
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def line_blocks(path: Path, longest: int) -> Iterator[tuple[bytes, int]]:
    """The file in blocks of whole lines, each line ended by a newline; and bytes read on disk so far.

    Of a line beyond `longest` bytes the start comes, and dots, which make it no JSON. A compressed file
    is not inflated any further then: a few kilobytes may stand for terabytes.
    Raises DamagedFileError, after all lines before the damage.
    """
    with open_on_disk(path) as (file, raw):
        size = min(_BLOCK, longest)
        number, held, length = 0, [b""], 0  # lines so far, and the start of the next one
        block = file.read1(size).removeprefix(_BYTE_ORDER_MARK)
        while block:
            end = block.rfind(b"\n") + 1
            if end:
                lines = b"".join((*held, block[:end]))
                number += lines.count(b"\n")
                yield lines, raw.tell()
                held, length = [], 0
            held.append(block[end:])
            length += len(block) - end
            block = b""
            if length > longest:
                number += 1
                yield b"".join(held)[:_KEPT_OF_LONG_LINE] + b"...\n", raw.tell()
                if is_compressed(path):
                    raise DamagedFileError(f"{path} is not read beyond line {number}, which is too long")
                held, length = [], 0
                block = _after_newline(file, size)
            block = block or file.read1(size)
        if length:
            yield b"".join(held) + b"\n", raw.tell()


def _after_newline(file: BufferedReader, size: int) -> bytes:
    while block := file.read1(size):
        if found := block.find(b"\n") + 1:
            return block[found:]
    return b""
