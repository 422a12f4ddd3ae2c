"""Addresses on GitHub, from names that anyone can choose."""

from urllib.parse import quote


def github(repository: str, *path: object) -> str:
    """The address of `path` in a repository, OWNER/NAME. A part stays one part, whatever it says."""
    parts = (*repository.split("/"), *map(str, path))
    return "/".join(["https://github.com", *(quote(part, safe="") for part in parts)])
