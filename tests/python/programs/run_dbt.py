"""Runs dbt, where its own command is not installed, or to be quick.

Most of dbt's objects live until the end: looking for garbage among them takes a fifth of a build's time.
"""

from __future__ import annotations

import gc
import sys

from dbt.cli.main import cli

gc.disable()
sys.argv[0] = "dbt"
cli()
