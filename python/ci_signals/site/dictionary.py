"""The data dictionary: a page about every table and column, from dbt's manifest and the database."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from ci_signals.reader import Reader
from ci_signals.site.data_files import write_file
from ci_signals.site.environment import render_page
from ci_signals.site.manifest import Exposure, Section, databases, exposures, read_manifest, sections

PAGE = "dictionary.html"


@dataclass(frozen=True)
class Dictionary:
    """What the page shows. built_at: when dbt wrote the manifest, UTC."""

    sections: list[Section]
    exposures: list[Exposure]
    database: str
    built_at: str


def read_dictionary(reader: Reader, manifest_path: Path) -> Dictionary | None:
    """The dictionary of a manifest; None when there is none, or none of its tables exists."""
    manifest = read_manifest(manifest_path)
    if manifest is None:
        return None
    found = sections(manifest, reader.database, _types(reader, databases(manifest, reader.database)))
    built_at = manifest["metadata"]["generated_at"][:16].replace("T", " ")
    return Dictionary(found, exposures(manifest), reader.database, built_at) if found else None


def write_dictionary(dictionary: Dictionary, output: Path) -> None:
    """Write `output`/dictionary.html. Raises UserError when it cannot be written."""
    values = {field.name: getattr(dictionary, field.name) for field in fields(dictionary)}
    write_file(output / PAGE, render_page(PAGE, "", **values))


def _types(reader: Reader, names: list[str]) -> dict[tuple[str, str], dict[str, str]]:
    rows = reader.client.query(  # a schema look-up, which no model can be
        "select database, table, name, type from system.columns"
        " where database in {names:Array(String)} order by database, table, position",
        parameters={"names": names},
    ).result_rows
    types: dict[tuple[str, str], dict[str, str]] = {}
    for database, table, column, kind in rows:
        types.setdefault((database, table), {})[column] = kind
    return types
