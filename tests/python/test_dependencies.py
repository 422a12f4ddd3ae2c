"""constraints.txt and docs/licences.md say what is installed, all of it and nothing else."""

from __future__ import annotations

import re

import make_licences
import pytest
from make_licences import dependencies, licence, requirements
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from workspace import PROJECT

PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "PSF-2.0", "Zlib",
}  # fmt: skip
# Each was looked at; docs/licences.md says why it will do.
LOOKED_AT = {
    "certifi": "MPL-2.0",
    "pathspec": "MPL-2.0",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """Versions in constraints.txt by normalised name."""
    lines = (PROJECT / "constraints.txt").read_text().splitlines()
    pinned = [Requirement(line) for line in lines]
    assert lines == sorted(lines, key=str.lower)
    for requirement in pinned:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        # one file for every Python we name: an exception would need a marker and a look
        assert requirement.marker is None
    return {canonicalize_name(r.name): str(r.specifier).removeprefix("==") for r in pinned}


def test_everything_that_is_needed_is_pinned_at_the_version_installed(pins: dict[str, str]) -> None:
    needed = {name: found.version for name, found in dependencies("ci_signals", ["dev"]).items()}
    assert needed == pins, "install with `make`, or bring constraints.txt up to date"


def test_pins_satisfy_every_requirement(pins: dict[str, str]) -> None:
    wanted = list(requirements("ci_signals", ["dev"]))
    assert len(wanted) > len(pins)
    refused = [
        f"{dependent} wants {requirement}, pinned is {pins[canonicalize_name(requirement.name)]}"
        for dependent, requirement in wanted
        if not requirement.specifier.contains(pins[canonicalize_name(requirement.name)], prereleases=True)
    ]
    assert refused == []


def test_the_list_of_licences_is_up_to_date() -> None:
    assert make_licences.PAGE.read_text() == make_licences.page(), "run python docs/make_licences.py"


def test_no_licence_asks_for_more_than_a_notice() -> None:
    needed = dependencies("ci_signals")
    assert {"chdb", "dbt-core", "clickhouse-connect", "dbt-adapters"} < needed.keys()
    surprises = {
        name: licence(found)
        for name, found in needed.items()
        if not set(re.split(r" AND | OR ", licence(found))) <= PERMISSIVE
    }
    assert surprises == LOOKED_AT
