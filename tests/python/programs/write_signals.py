"""Writes signals.jsonl, and no other file of a build, into a folder. Argument: the folder."""

from __future__ import annotations

import sys
from pathlib import Path

from ci_signals.export import EXPORTS, write_export
from ci_signals.reader import open_reader
from ci_signals.settings import Settings

[signals] = [export for export in EXPORTS if export.name == "signals.jsonl"]
with open_reader(Settings(Path.cwd())) as reader:
    write_export(reader, signals, Path(sys.argv[1]))
