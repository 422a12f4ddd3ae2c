"""Bytes and JSON values changed at random, for the loaders to survive.

The suite draws the same ones every time, `make test` a third of them (FUZZ_ROUNDS=0.3); FUZZ_ROUNDS=50
(`make fuzz`) draws so many times as many anew.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

ROUNDS = float(os.environ.get("FUZZ_ROUNDS", "1"))
_Test = TypeVar("_Test", bound=Callable[..., Any])

# What loaders, parsers and the engine may trip over, as bytes of a file.
SNIPPETS = (
    b"\n", b"\r\n", b"\r", b"\t", b"\n\n", b" ", b"\x00", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"\xe2\x80\xa8", b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"null", b"NaN", b"1e999", b"-0",
    b"99999999999999999999", b"\\u0000", b"\\ud800", b"{}", b"'", b"`", b"--", b"{x:String}", b"%s",
    b"[" * 2000, b"{{ 1 }}", b'"has_payload": "', b"V1121 17:35:01.547000 1 a.py:1] {}",
    b"<b>", b"\x1f\x8b", b"PAR1",
)  # fmt: skip

EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.floats(0, 1), st.sampled_from(SNIPPETS)),
        st.tuples(st.just("put"), st.floats(0, 1), st.binary(min_size=1, max_size=8)),
        st.tuples(st.just("flip"), st.floats(0, 1), st.binary(min_size=1, max_size=1)),
        st.tuples(st.just("cut"), st.floats(0, 1), st.integers(1, 40)),
        st.tuples(st.just("repeat"), st.floats(0, 1), st.integers(1, 400)),
        st.tuples(st.just("end"), st.floats(0, 1), st.none()),
    ),
    min_size=1,
    max_size=4,
)
"""Up to four edits; each is (what, where in the file from 0 to 1, with what)."""

VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
        st.sampled_from(["", "2026-11-20 10:00:00", "2026-02-30", "0001-01-01T00:00:00Z", "12", "1x", "1e3"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def fuzzed(examples: int) -> Callable[[_Test], _Test]:
    """Settings of a fuzz test that draws `examples` times."""
    return settings(
        max_examples=max(2, round(examples * ROUNDS)),
        derandomize=ROUNDS <= 1,
        database=None,
        phases=(Phase.generate,),  # the assertions name file and line; shrinking would load for minutes
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def edited(content: bytes, edits: list[tuple[str, float, Any]]) -> bytes:
    """`content` after the edits, one after the other."""
    for what, where, value in edits:
        at = int(where * len(content))
        if what == "put":
            content = content[:at] + value + content[at:]
        elif what == "flip" and at < len(content):
            content = content[:at] + bytes([content[at] ^ (value[0] or 1)]) + content[at + 1 :]
        elif what == "cut":
            content = content[:at] + content[at + value :]
        elif what == "repeat":
            content = content[:at] + content[at : at + value] + content[at:]
        elif what == "end":
            content = content[:at]
    return content
