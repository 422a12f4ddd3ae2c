"""The data dictionary: a page about every table and column, from dbt's manifest and the database."""

from __future__ import annotations

from pathlib import Path

from ci_signals.reader import Reader
from ci_signals.site.data_files import write_file
from ci_signals.site.environment import render_page
from ci_signals.site.manifest import databases, exposures, read_manifest, sections

PAGE = "dictionary.html"


def render_dictionary(reader: Reader, manifest_path: Path, output: Path) -> bool:
    """Write `output`/dictionary.html. Returns whether it was written.

    It is not written when there is no manifest, or none of its tables exists. Raises UserError
    when `output` cannot be written.
    """
    manifest = read_manifest(manifest_path)
    found = []
    if manifest is not None:
        types = _types(reader, databases(manifest, reader.database))
        found = sections(manifest, reader.database, types)
    path = output / PAGE
    if manifest is None or not found:
        return False
    built_at = manifest["metadata"]["generated_at"][:16].replace("T", " ")
    page = render_page(
        PAGE, "", sections=found, exposures=exposures(manifest), database=reader.database, built_at=built_at
    )
    write_file(path, page)
    return True


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
