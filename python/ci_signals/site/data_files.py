"""Data beside the pages: scripts that hand JSON to the page, since file:// allows no fetch()."""

from __future__ import annotations

from pathlib import Path

from ci_signals.output import cannot_write
from ci_signals.warehouse import Client

# What a script must not hold even in a JSON string: the start of a tag, and two line ends
# that older JavaScript does not take there.
_UNSAFE = ((b"<", b"\\u003c"), ("\u2028".encode(), b"\\u2028"), ("\u2029".encode(), b"\\u2029"))
# Plain numbers: ids of GitHub are far below 2**53.
JSON_SETTINGS = {
    "output_format_json_quote_64bit_integers": 0,
    "output_format_json_escape_forward_slashes": 0,
}


def json_rows(client: Client, query: str) -> bytes:
    """Rows of a query as one JSON array of arrays, the first of them the column names."""
    lines: bytes = client.raw_query(query, fmt="JSONCompactEachRowWithNames", settings=JSON_SETTINGS)
    return b"[" + lines.strip().replace(b"\n", b",\n") + b"]"


def json_objects(client: Client, query: str) -> bytes:
    """Rows of a query as one JSON array of objects."""
    lines: bytes = client.raw_query(query, fmt="JSONEachRow", settings=JSON_SETTINGS)
    return b"[" + lines.strip().replace(b"\n", b",\n") + b"]"


def write_data(folder: Path, name: str, value: bytes) -> None:
    """Write JSON `value` as the script `folder`/`name`.js; the page asks for it as `name`."""
    for text, escaped in _UNSAFE:
        value = value.replace(text, escaped)
    write_file(folder / f"{name}.js", b'siteData("' + name.encode() + b'",' + value + b");\n")


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file of the site, making its folder. Raises UserError when that is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(errors="replace") if isinstance(content, str) else content)
    except OSError as error:
        raise cannot_write(path, error) from error
