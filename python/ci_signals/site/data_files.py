"""Data files of the pages. They are scripts that pass JSON to the page: file:// allows no fetch()."""

from __future__ import annotations

from pathlib import Path

from ci_signals.output import cannot_write

# A script must not hold these even in a JSON string: the start of a tag, and two line ends that
# older JavaScript does not allow there.
_UNSAFE = ((b"<", b"\\u003c"), ("\u2028".encode(), b"\\u2028"), ("\u2029".encode(), b"\\u2029"))


def write_data(folder: Path, name: str, value: bytes) -> None:
    """Write JSON `value` as the script `folder`/`name`.js; the page asks for it as `name`."""
    for text, escaped in _UNSAFE:
        value = value.replace(text, escaped)
    write_file(folder / f"{name}.js", b'siteData("' + name.encode() + b'",' + value + b");\n")


def write_file(path: Path, content: bytes | str) -> None:
    """Write a file of the site, and create its folder. Raises UserError when it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(errors="replace") if isinstance(content, str) else content)
    except OSError as error:
        raise cannot_write(path, error) from error
