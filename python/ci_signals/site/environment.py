"""Templates and static files. Templates escape every value, because anyone can choose names in CI data."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from ci_signals.links import GITHUB, github
from ci_signals.site.policy import CONTENT_POLICY
from ci_signals.site.trace_words import METRIC_GROUPS, PHASES, UNUSUAL
from ci_signals.site.units import duration, links, measure

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PACKAGE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(content_policy=CONTENT_POLICY, github=_github, bar=())
    environment.globals.update(metric_groups=METRIC_GROUPS, phase_titles=PHASES, unusual_titles=UNUSUAL)
    environment.filters.update(duration=duration, links=links, measure=measure)
    return environment


@dataclass(frozen=True)
class Part:
    """A part of the site, for the bar of every page. url: relative to the site's folder. templates: the
    starts of its templates' names."""

    name: str
    url: str
    templates: tuple[str, ...]


def set_bar(parts: Sequence[Part]) -> None:
    """Name the parts that the pages rendered from now on link to in their bar."""
    _environment().globals["bar"] = tuple(parts)


@jinja2.pass_context
def _github(context: jinja2.runtime.Context, repository: str, *path: object) -> str:
    """A link on the host `server_url` of the page; "" when the host is unknown."""
    return github(repository, *path, server=context.get("server_url", GITHUB))


def render_page(template: str, root: str, **values: Any) -> str:
    """The text of a page. `root` is the path from the page to the site's folder, such as "" or "../"."""
    return _environment().get_template(template).render(root=root, template=template, **values)


def write_static(output: Path) -> None:
    """Copy the style sheets and scripts that pages share to `output`/static."""
    shared = _PACKAGE / "static"
    for file in sorted(path for path in shared.rglob("*") if path.is_file()):
        copy = output / "static" / file.relative_to(shared)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
