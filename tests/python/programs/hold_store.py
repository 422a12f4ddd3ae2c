"""Opens a store and keeps it open for a minute."""

from __future__ import annotations

import sys
import time

from ci_signals.store import connect_store

client = connect_store(sys.argv[1])
print("open", flush=True)
time.sleep(60)
