"""Typed rows of a Parquet file, as SQL: which columns can be read as the table's types, and how.

Generated here and not in a macro: it follows the columns that the file and the target table have.
"""

from __future__ import annotations

from typing import NamedTuple

from clickhouse_connect.driver.binding import format_str, quote_identifier

from ci_signals.loaders.ci_sql import RawTable
from ci_signals.loaders.json_shapes import bare_type, fits, kind_of, members

_WHOLE = ["Int8", "UInt8", "Int16", "UInt16", "Int32", "UInt32", "Int64"]
_TIMES = ("Date", "Date32", "DateTime(", "DateTime64(")
# Years that a time in nanoseconds can hold, as those that the text of a time may have.
_YEARS = "(toYear({value}) between 1970 and 2255)"


class _Column(NamedTuple):
    """How a column is read: the type asked of the file, the value, and whether it is unfit (SQL)."""

    read_as: str
    value: str
    unfit: str = ""


def typed_query(table: RawTable, types: dict[str, str], source: str, before: int) -> str | None:
    """The query for typed rows, with the columns of `parsed`; None where a type of the file does not fit."""
    columns: dict[str, _Column] = {}
    for name, type_ in table.columns.items():
        if name in types:
            column = _column(_of_file(name), bare_type(type_), types[name])
            if column is None:
                return None
            columns[name] = column
    if not columns:
        return None
    structure = ", ".join(f"{quote_identifier(name)} {column.read_as}" for name, column in columns.items())
    as_read = format_str(f"Tuple({structure})")
    read = ", ".join(_of_file(name) for name in columns)
    values = ", ".join(
        f"{columns[name].value if name in columns else f'defaultValueOfTypeName({format_str(type_)})'}"
        f" as {quote_identifier(name)}"
        for name, type_ in table.columns.items()
    )
    texts = [text for name, column in columns.items() for text in _texts(_of_file(name), column.read_as)]
    unfit = "".join(
        f"{column.unfit}, '{name} is not {kind_of(table.columns[name])}', "
        for name, column in columns.items()
        if column.unfit
    )
    return f"""
        select
            {before} + _row_number as _seq,
            multiIf(
                not isValidUTF8(concatWithSeparator('|', '', {", ".join(["''", *texts])})), 'not UTF-8',
                {unfit} {table.missing}
            ) as _reason,
            if(_reason = '', '', toJSONString(cast(tuple({read}), {as_read}))) as _line,
            {values}
        from {source}, {format_str(structure)}) as rows
    """


def _of_file(name: str) -> str:
    # not the value of the same name that is made of it
    return f"rows.{quote_identifier(name)}"


def _column(name: str, wanted: str, stored: str) -> _Column | None:
    """How a column of type `stored` is read as the type `wanted`; None where it is not."""
    bare, kind = bare_type(stored), kind_of(wanted)
    if bare == "String" and kind in ("a whole number", "a number", "a time"):
        raw = f"toJSONString({name})"
        return _Column(
            "Nullable(String)",
            f"JSONExtract({raw}, {format_str(wanted)})",
            f"not ({name} is null or {fits(wanted, raw)})",
        )
    if kind == "a time" and bare.startswith(_TIMES) and wanted.startswith("DateTime64("):
        none = "toDateTime64(0, 0, 'UTC')"
        value = f"ifNull({name}, {none})"
        in_years = _YEARS.format(value=value)
        return _Column(
            f"Nullable({bare})", f"cast(if({in_years}, {value}, {none}) as {wanted})", f"not {in_years}"
        )
    if wanted == bare == "Float64":
        return _Column("Float64", f"if(isFinite({name}), {name}, 0)")  # as in JSON, which has no other
    return _Column(wanted, name) if _is_same(wanted, bare) else None


def _is_same(wanted: str, stored: str) -> bool:
    """Whether every value of the type `stored` is one of `wanted`, that is read as it is."""
    wanted, stored = bare_type(wanted), bare_type(stored)
    if wanted in _WHOLE and stored in _WHOLE:
        is_signed_right = wanted[0] == "I" or stored[0] == "U"
        return wanted == stored or (is_signed_right and _WHOLE.index(stored) < _WHOLE.index(wanted))
    if wanted.startswith("Array(") and stored.startswith("Array("):
        return _is_same(wanted[6:-1], stored[6:-1])
    if wanted.startswith("Tuple(") and stored.startswith("Tuple("):
        have = members(stored)
        return all(name in have and _is_same(type_, have[name]) for name, type_ in members(wanted).items())
    return wanted == stored and wanted in ("String", "UInt64")


def _texts(value: str, type_: str) -> list[str]:
    """SQL of each text in a value, for a look at their bytes."""
    if type_ == "String":
        return [value]
    if type_.startswith("Array("):
        item = type_[6:-1]
        if item == "String":
            return [f"arrayStringConcat({value}, '|')"]
        if item.startswith("Tuple("):
            return [
                f"arrayStringConcat(tupleElement({value}, '{name}'), '|')"
                for name, inner in members(item).items()
                if inner == "String"
            ]
        return []
    if type_.startswith("Tuple("):
        found = []
        for name, inner in members(type_).items():
            found += _texts(f"tupleElement({value}, '{name}')", inner)
        return found
    return []
