"""Profile keys of the embedded engine: those of dbt-clickhouse, and `path`."""

from dataclasses import dataclass

from dbt.adapters.clickhouse.credentials import ClickHouseCredentials


@dataclass
class ChdbCredentials(ClickHouseCredentials):  # type: ignore[misc]
    """Credentials of an embedded store.

    `path` is the store's folder. A relative one is resolved against the dbt
    project's folder when the adapter starts (`work_folder` in ci_signals.settings),
    never against the caller's, save for the project inside an installed package.
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
