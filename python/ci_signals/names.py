"""Names that options give: of repositories, branches and hosts."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from ci_signals.errors import UserError
from ci_signals.links import SERVER

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_HEADS = "refs/heads/"
# What git refuses in the name of a branch.
_BAD_IN_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/]|(?:^|/)\.|[/.]$|\.lock(?:/|$)")


def checked_repository(name: str) -> str:
    """The name, OWNER/NAME. Raises UserError when it is none."""
    if not _REPOSITORY.fullmatch(name):
        raise UserError(f"--repo {name!r} is not OWNER/NAME")
    return name


def branch_ref(branch: str) -> str:
    """The full name of a branch, such as refs/heads/main, from that or from its short name.

    Raises UserError when git would allow no such branch, or it is a ref of another kind.
    """
    short = branch.removeprefix(_HEADS)
    if not short or _BAD_IN_BRANCH.search(short) or (branch.startswith("refs/") and short == branch):
        raise UserError(f"--branch {branch!r} is not the name of a branch, such as main or refs/heads/main")
    return _HEADS + short


def checked_server(option: str, url: str) -> str:
    """The address of a GitHub host without a final slash, or "". Raises UserError for anything else."""
    url = url.rstrip("/")
    if url and not SERVER.fullmatch(url):
        raise UserError(f"{option} {url!r} is not the address of a host, such as https://github.com")
    return url


def near_names(name: str, known: Collection[str]) -> str:
    """The end of an error's line about an unknown name: those most like it, else some that are known."""
    near = get_close_matches(name, known, n=3) or sorted(known)[:10]
    return f"; there is {', '.join(near)}" if near else ""
