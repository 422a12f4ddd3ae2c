"""Profile keys of the embedded engine: the keys of dbt-clickhouse, and `path`."""

from dataclasses import dataclass

from dbt.adapters.clickhouse.credentials import ClickHouseCredentials


@dataclass
class ChdbCredentials(ClickHouseCredentials):  # type: ignore[misc]
    """Credentials of an embedded store.

    `path` is the store's folder. A relative path starts from the dbt project's folder. It
    starts from the current folder only for the project inside an installed package
    (`work_folder` in ci_signals.settings).
    """

    path: str = ".signals"

    @property
    def type(self) -> str:
        return "chdb"

    @property
    def unique_field(self) -> str:
        return self.path

    def _connection_keys(self) -> tuple[str, ...]:
        return ("schema", "custom_settings")
