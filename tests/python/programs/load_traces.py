"""Loads many traces in one process, because each command takes a second or two to start.

Argument: JSON of the paths by the trace's name.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ci_signals.console import Console
from ci_signals.loaders.trace import load_trace
from ci_signals.settings import Settings

for name, paths in json.loads(sys.argv[1]).items():
    load_trace(Settings(Path.cwd()), Console(quiet=True), [Path(path) for path in paths], name)
