"""Write licences.md: what `pip install ci_signals` brings, and under which licences.

Read from the metadata of the installed distributions. Run in the folder above, in the
environment that `make` set up: python docs/make_licences.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PAGE = Path(__file__).resolve().parent / "licences.md"

# What older metadata says, as SPDX identifiers.
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "Artistic License": "Artistic-1.0-Perl",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
_NAMES = {"3-Clause BSD License": "BSD-3-Clause", "MIT": "MIT"}

_HEAD = """# Licences

What `pip install ci_signals` installs besides itself (Apache-2.0), with the versions of
[constraints.txt](../constraints.txt), as the metadata of each distribution states it.
`python docs/make_licences.py` writes this page; a test says when it is out of date, and when
a licence comes that is not permissive.

Every one is permissive, with three to know of. `certifi` and `pathspec` are under MPL-2.0, which
has conditions for changing their files, and none for using them. `text-unidecode`
is offered under the Artistic License or the GPL; the Artistic License is the one chosen here. Wheels
with compiled code (`chdb-core`, `numpy`, `pandas`, `pyarrow` and others) hold further components;
their notices are in the wheels.

| distribution | version | licence |
|---|---|---|
"""


def requirements(name: str, extras: Iterable[str] = ()) -> Iterator[tuple[str, Requirement]]:
    """What `name[extras]` requires on this Python, directly or not, each with the name of who requires it."""
    visited: set[tuple[str, frozenset[str]]] = set()
    waiting = [(canonicalize_name(name), frozenset(extras))]
    while waiting:
        item = waiting.pop()
        if item in visited:
            continue
        visited.add(item)
        dependent, wanted = item
        for text in distribution(dependent).requires or []:
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *wanted}):
                yield dependent, requirement
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))


def dependencies(name: str, extras: Iterable[str] = ()) -> dict[str, Distribution]:
    """The installed distributions that `name[extras]` requires, by normalised name."""
    names = {canonicalize_name(requirement.name) for _, requirement in requirements(name, extras)}
    return {found: distribution(found) for found in sorted(names - {canonicalize_name(name)})}


def licence(found: Distribution) -> str:
    """The licence as an SPDX expression. Raises LookupError when the metadata does not say it."""
    metadata = found.metadata
    if "License-Expression" in metadata:
        return str(metadata["License-Expression"])
    classifiers = [line.split(" :: ")[-1] for line in metadata.get_all("Classifier") or []]
    known = sorted({_CLASSIFIERS[line] for line in classifiers if line in _CLASSIFIERS})
    if known:
        return " OR ".join(known)
    stated = str(metadata["License"]) if "License" in metadata else ""
    if stated in _NAMES:
        return _NAMES[stated]
    raise LookupError(f"no licence known for {found.name}: {stated[:80]!r} {classifiers}")


def page() -> str:
    """The page's text."""
    rows = [
        f"| {found.name} | {found.version} | {licence(found)} |\n"
        for found in dependencies("ci_signals").values()
    ]
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page())
