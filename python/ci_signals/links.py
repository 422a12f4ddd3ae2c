"""Addresses on the repository's host, from names that anyone can choose."""

import re
from urllib.parse import quote

GITHUB = "https://github.com"
SERVER = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?")


def github(repository: str, *path: object, server: str = GITHUB) -> str:
    """The address of `path` in a repository, OWNER/NAME, on `server`; "" when that is no host's address.

    A part stays one part, whatever it says.
    """
    if not SERVER.fullmatch(server):
        return ""
    parts = (*repository.split("/"), *map(str, path))
    return "/".join([server, *(quote(part, safe="") for part in parts)])
