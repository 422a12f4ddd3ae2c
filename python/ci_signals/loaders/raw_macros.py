"""The macros of macros/raw run without dbt, whose import takes longer than most loads.

For the embedded engine, where a first load makes the raw tables. A test sees that dbt,
which makes them on servers and before a build, makes the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import jinja2
from clickhouse_connect.driver.binding import quote_identifier

from ci_signals.settings import Settings
from ci_signals.warehouse import Client

_MACRO = re.compile(r"{%-? *macro (\w+)\(")
_FILES = ("sql_string.sql", "compile/*.sql", "raw/*.sql")


class _ReturnedError(Exception):
    """How a macro of dbt hands back a value that is no text."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


class _Adapter:
    @staticmethod
    def quote(name: str) -> str:
        return str(quote_identifier(name))


def create_raw_tables(settings: Settings, client: Client, kinds: list[str]) -> None:
    """Run the macro create_raw_tables, which makes the tables of `kinds` that are missing."""

    def run_query(statement: str) -> Any:
        is_query = statement.lstrip().startswith("select")
        return client.query(statement).result_rows if is_query else client.command(statement)

    macros: dict[str, Callable[..., Any]] = {}

    def call(name: str, *values: Any, **named: Any) -> Any:
        try:
            return macros[name](*values, **named)
        except _ReturnedError as returned:
            return returned.value

    environment = jinja2.Environment(  # SQL is made here, not markup
        extensions=["jinja2.ext.do"],
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701
    )
    environment.globals |= {
        "adapter": _Adapter,
        "var": settings.project_vars.__getitem__,
        "run_query": run_query,
        "return": _return,
    }
    folder = settings.project_dir / "macros"
    texts = [file.read_text() for pattern in _FILES for file in sorted(folder.glob(pattern))]
    # a template keeps the names that there are when it is made
    environment.globals |= {name: partial(call, name) for text in texts for name in _MACRO.findall(text)}
    for text in texts:
        module = environment.from_string(text).module
        macros |= {name: getattr(module, name) for name in _MACRO.findall(text)}
    call("create_raw_tables", kinds)


def _return(value: Any) -> None:
    raise _ReturnedError(value)
