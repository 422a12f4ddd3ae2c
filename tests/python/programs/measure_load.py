"""Loads a file of CI rows in batches of 1 MB; prints the rows loaded and the peak memory in KB."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from ci_signals.console import Console
from ci_signals.loaders import ci
from ci_signals.settings import Settings

ci._BATCH_BYTES = 1 << 20
report = ci.load_ci(Settings(Path.cwd()), Console(quiet=True), [Path(sys.argv[1])])
print(report.loaded, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
