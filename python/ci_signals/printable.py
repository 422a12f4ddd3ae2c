"""Text from data, made harmless for a terminal."""

from __future__ import annotations

import json


def printable(text: str, keep: str = "") -> str:
    r"""`text` with unprintable characters written as escapes: \n, \x1b or \u202e.

    Anyone can choose the names in CI data. An escape sequence could recolour the terminal
    or worse, and a right-to-left override would show another name. `keep` lists characters
    that stay as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() or letter in keep else letter.encode("unicode_escape").decode()
        for letter in text
    )


def printable_json(line: str) -> str:
    r"""A line of JSON with unprintable characters as \u escapes, which are the same value."""
    if line.isprintable():
        return line
    return "".join(letter if letter.isprintable() else json.dumps(letter)[1:-1] for letter in line)
