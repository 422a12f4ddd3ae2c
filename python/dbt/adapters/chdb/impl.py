"""The adapter: dbt-clickhouse's, with an absolute path of the store."""

from __future__ import annotations

from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any

from dbt.adapters.clickhouse.impl import ClickHouseAdapter

from ci_signals.settings import work_folder
from dbt.adapters.chdb.connections import ChdbConnectionManager


class ChdbAdapter(ClickHouseAdapter):  # type: ignore[misc]
    ConnectionManager = ChdbConnectionManager

    def __init__(self, config: Any, mp_context: SpawnContext) -> None:
        credentials = config.credentials
        credentials.path = str((work_folder(Path(config.project_root)) / credentials.path).resolve())
        super().__init__(config, mp_context)
