"""Text from data, made harmless for a terminal."""

from __future__ import annotations

import json


def printable(text: str, keep: str = "") -> str:
    r"""`text` with every character that does not print written out, as \n, \x1b or \u202e.

    Names in CI data are anyone's: an escape sequence would recolour the terminal or
    worse, and a right-to-left override would show another name. `keep` lists characters
    to let through all the same.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in keep else letter.encode("unicode_escape").decode()
        for letter in text
    )


def printable_json(line: str) -> str:
    r"""A line of JSON with the same characters as \u escapes: the same value, and still JSON."""
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)
