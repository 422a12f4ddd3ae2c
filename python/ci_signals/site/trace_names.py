"""Which traces can have pages: their names become folders."""

from __future__ import annotations

import re

_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
_SAFE = re.compile(rf"{_NAME}(?:/{_NAME})?")


def is_safe(trace: str) -> bool:
    """Whether a key, NAME or NAME/RUN, can be a folder's. Loads refuse others; other programs may not."""
    return bool(_SAFE.fullmatch(trace))
