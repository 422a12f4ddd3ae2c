"""Runs dbt's seeds on several stores, one after the other in one process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from dbt.adapters.factory import FACTORY, reset_adapters
from dbt.cli.main import dbtRunner

for store in sys.argv[1:]:
    os.environ["SIGNALS_STORE"] = store
    where = ["--project-dir", str(Path.cwd()), "--profiles-dir", str(Path.cwd())]
    done = dbtRunner().invoke(["--log-level", "none", "seed", *where])
    assert done.success, done.exception or [r.message for r in done.result.results]
    for adapter in FACTORY.adapters.values():
        adapter.cleanup_connections()
    reset_adapters()
