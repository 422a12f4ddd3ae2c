"""Runs the command line, then prints how many rows the embedded engine read meanwhile."""

from __future__ import annotations

import os
from contextlib import suppress

from ci_signals.__main__ import main
from ci_signals.store import connect_store

_READ = "select sum(value) from system.events where event = 'SelectedRows'"

with connect_store(os.environ["SIGNALS_STORE"]) as client:
    before = client.query(_READ).first_row[0]
    with suppress(SystemExit):
        main()
    print(client.query(_READ).first_row[0] - before)
