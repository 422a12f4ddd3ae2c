"""Runs the command line with small batches, so that a small file is loaded in several."""

from __future__ import annotations

from ci_signals.__main__ import main
from ci_signals.loaders import ci, trace

ci._BATCH_BYTES, trace._BATCH = 1 << 20, 64 << 10
main()
