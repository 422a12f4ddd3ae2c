"""How `signals sql` prints rows."""

from enum import StrEnum


class QueryFormat(StrEnum):
    """table: for people. csv: with a header line. json: one object per line. parquet: one file."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
