"""Runs the command line with small batches, so that a small file is loaded in several."""

from __future__ import annotations

from ci_signals.__main__ import main
from ci_signals.loaders import ci, trace

ci._BATCH_ROWS, trace._BATCH = 4000, 64 << 10
main()
