"""dbt adapter `type: chdb`: dbt-clickhouse on an engine that runs in this process.

It inherits everything from dbt-clickhouse except how a connection is opened and cancelled.
Macros dispatch to `chdb__` first, then to `clickhouse__`.
"""

from dbt.adapters.base import AdapterPlugin

from dbt.adapters.chdb.connections import ChdbConnectionManager
from dbt.adapters.chdb.credentials import ChdbCredentials
from dbt.adapters.chdb.impl import ChdbAdapter
from dbt.include import chdb

Plugin = AdapterPlugin(
    adapter=ChdbAdapter,
    credentials=ChdbCredentials,
    include_path=chdb.PACKAGE_PATH,
    dependencies=["clickhouse"],
)

__all__ = ["ChdbAdapter", "ChdbConnectionManager", "ChdbCredentials", "Plugin"]
