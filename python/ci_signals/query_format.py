"""How `signals sql` prints rows."""

from enum import StrEnum


class QueryFormat(StrEnum):
    """table: for reading. csv: with a header line. json: one object a line. parquet: one file."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"
