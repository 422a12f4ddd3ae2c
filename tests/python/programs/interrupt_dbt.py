"""Runs a long query with dbt, presses Ctrl-C once it runs, and prints the seconds until dbt ended.

Argument: the store.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from dbt.cli.main import dbtRunner

from ci_signals.store import connect_store

sent = []


def press_ctrl_c_once_it_runs() -> None:
    client = connect_store(sys.argv[1])
    running = (
        "select count() from system.processes"
        " where query like '%1000000000000%' and query not like '%processes%'"
    )
    while not client.query(running).result_rows[0][0]:
        time.sleep(0.1)
    client.close()
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)


threading.Thread(target=press_ctrl_c_once_it_runs, daemon=True).start()
query = "select count() from numbers(1000000000000) where number % 7 = 9"
where = ["--project-dir", str(Path.cwd()), "--profiles-dir", str(Path.cwd())]
try:
    outcome = dbtRunner().invoke(["--log-level", "none", "show", "--inline", query, *where])
    assert not outcome.success
except KeyboardInterrupt:
    pass
print(time.monotonic() - sent[0])
