"""Runs dbt, where its own command is not installed."""

from __future__ import annotations

import sys

from dbt.cli.main import cli

sys.argv[0] = "dbt"
cli()
