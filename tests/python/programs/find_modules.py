"""Prints as JSON where the code and dbt's plugin of the embedded engine come from."""

from __future__ import annotations

import json

from dbt.adapters.factory import FACTORY

import ci_signals
import dbt.adapters.chdb
import dbt.include.chdb
from dbt.adapters import clickhouse  # noqa: F401

FACTORY.load_plugin("chdb")
plugin = FACTORY.plugins["chdb"]
files = [module.__file__ for module in (ci_signals, dbt.adapters.chdb, dbt.include.chdb)]
print(json.dumps([files, plugin.include_path, plugin.adapter.__module__, "clickhouse" in FACTORY.plugins]))
