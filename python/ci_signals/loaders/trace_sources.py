"""Find the files of a trace, and tell what each of them is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from ci_signals.errors import UserError
from ci_signals.loaders.files import bare_name, find_files

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_INTERMEDIATE = {
    "compilation_metrics.jsonl": "intermediate",
    "guards.jsonl": "intermediate",
    "string_table.json": "string_table",
    "manifest.json": "manifest",
}


@dataclass(frozen=True)
class TraceFile:
    """A file of a trace.

    source: number of the log, or of the folder of intermediate files; each source has its own
    string table. door: `log`, `intermediate` or `string_table`. label: the name that tables and
    pages show, which is the path below the folder given.
    """

    path: Path
    source: int
    door: str
    label: str

    @property
    def key(self) -> tuple[int, str]:
        """What its rows in `trace_lines` have as source_number and file."""
        return self.source, self.label


def trace_name(paths: list[Path], name: str | None) -> str:
    """The trace's name: `name`, else the name of the only path, without `.log`, `.gz` or `.zst`.

    It has 1 to 100 letters, digits, `.`, `_` and `-`, and does not start with `.` or `-`, because
    it becomes a folder's name. Raises UserError for any other name.
    """
    if name is None:
        if len(paths) != 1:
            raise UserError("several paths make one trace: give its name with --name")
        name = re.sub(r"\.(log|txt)$", "", bare_name(Path(os.path.abspath(paths[0]))))  # noqa: PTH100
    return checked_name(name, "a trace", "--name")


def checked_name(name: str, what: str, option: str) -> str:
    """The name, if it can be a folder's. Raises UserError otherwise."""
    if not _NAME.fullmatch(name):
        shown = ascii(name[:80])
        raise UserError(f"{shown} cannot name {what}: use letters, digits, . _ - (1 to 100) with {option}")
    return name


def trace_files(paths: list[Path]) -> list[TraceFile]:
    """The files of a trace, in order.

    A file given by name is a log unless it has the name of an intermediate file. In folders
    only logs (`*.log`, or torch's own `dedicated_log_torch_trace*`) and intermediate files
    count. Raises UserError when there are none.
    """
    sources: dict[Path, int] = {}
    found: dict[Path, TraceFile] = {}
    for given in paths:
        for path in find_files([given]):
            door = _door(path, is_named=path == given)
            if door is None:
                continue
            source = path if door == "log" else path.parent
            label = path.name if path == given else str(path.relative_to(given))
            number = sources.setdefault(source, len(sources))
            found[path] = TraceFile(path, number, door, os.fsencode(label).decode("utf-8", "replace"))
    if not found:
        given_paths = ", ".join(map(str, paths))
        raise UserError(f"no trace in {given_paths}: no *.log and no compilation_metrics.jsonl")
    return list(found.values())


def _door(path: Path, is_named: bool) -> str | None:
    name = bare_name(path)
    if name in _INTERMEDIATE:
        door = _INTERMEDIATE[name]
        return None if door == "manifest" else door
    is_log = is_named or name.endswith(".log") or name.startswith("dedicated_log_torch_trace")
    return "log" if is_log else None
