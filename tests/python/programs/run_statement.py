"""Runs a statement on a store: STORE STATEMENT."""

from __future__ import annotations

import sys

from ci_signals.store import connect_store

connect_store(sys.argv[1]).command(sys.argv[2])
