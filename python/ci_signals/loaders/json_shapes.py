r"""How the JSON text of a value has to look to be read as a column's type, as SQL.

The engine reads JSON leniently: a number that does not fit becomes 0, a list of null
becomes empty, 25:00 becomes 01:00 on the next day. So the text is asked first. `line_pattern`
is one regular expression for a whole line: a line that matches is surely read as it is
written, and needs no other check. `misfit` names what is wrong with any other line.

Generated here and not in a macro: it follows the columns that the target table has.
"""

from __future__ import annotations

from collections.abc import Iterable

# Of UTF-8 the pattern refuses surrogates, as \u escapes too: those lines are checked by the parser.
_TEXT = (
    r'"(?:[^"\\\x00-\x1f\x{d800}-\x{dfff}]'
    r'|\\(?:["\\/bfnrt]|u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})))*"'
)
_FLOAT = r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?"
_DAY = (
    r"(?:(?:19[7-9][0-9]|2[01][0-9]{2}|22[0-5][0-9])-"
    r"(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:20(?:[02468][048]|[13579][26])|(?:19|21|22)(?:0[48]|[2468][048]|[13579][26]))-02-29)"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
_ZONE = r"(?: ?(?:Z|UTC|GMT|[-+](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?))?"
_TIME = rf'"(?:{_DAY}(?:[ T]{_CLOCK}{_ZONE})?)?"|[1-9][0-9]{{0,8}}'
_SCALAR = rf"(?:{_TEXT}|{_FLOAT}|true|false|null)"
_GAP = "[ \\t]*"

# Digits that surely fit, by the bits of a whole number.
_DIGITS = {"8": 2, "16": 4, "32": 9, "64": 18}
# Of times the year 1 is how some writers say that there is none; a number counts seconds.
_TIME_HOLDS = (
    "startsWith({raw}, '\"0001-01-01') or match({raw}, '^[0-9]{{1,10}}(\\\\.[0-9]+)?$')"
    " and toFloat64OrZero({raw}) < 9223372036"
)


def kind_of(type_: str) -> str:
    """What a value of the type is called in reasons."""
    bare = bare_type(type_)
    for start, kind in _KINDS.items():
        if bare.startswith(start):
            return kind
    return "anything"


_KINDS = {
    "Int": "a whole number",
    "UInt": "a whole number",
    "Float": "a number",
    "Date": "a time",
    "Array": "a list",
    "Tuple": "an object",
    "String": "a text",
}


def line_pattern(columns: dict[str, str], others: Iterable[str]) -> str:
    """A regular expression for a line that is an object of such columns (name to type).

    others: names of further values that a line may have; only plain ones (letters, digits, _ . -) count.
    """
    names: dict[str, list[str]] = {}
    for name, type_ in columns.items():
        names.setdefault(_pattern(type_), []).append(name)
    names.setdefault(_anything(), []).extend(others)
    pairs = [
        rf'"(?:{"|".join(map(_escaped, known))})"{_GAP}:{_GAP}(?:{pattern}|null)'
        for pattern, known in names.items()
        if known
    ]
    return rf"^\{{{_GAP}{_several('|'.join(pairs))}{_GAP}\}}$"


def misfit(columns: dict[str, str], line: str) -> str:
    """SQL: why a value of the JSON object `line` (SQL) is no value of its column, or ''."""
    fits = _member_fits(columns, "field", 0)
    names = ", ".join(f"'{name}'" for name in columns)
    kinds = ", ".join(f"'{kind_of(type_)}'" for type_ in columns.values())
    return f"""(
        arrayMap(
            odd -> multiIf(
                tupleElement(odd, 1) = '', '',
                startsWith(tupleElement(odd, 2), '[') and tupleElement(odd, 3) = 'a list'
                or startsWith(tupleElement(odd, 2), '{{') and tupleElement(odd, 3) = 'an object',
                concat(tupleElement(odd, 1), ' has a value that does not fit its type'),
                concat(tupleElement(odd, 1), ' is not ', tupleElement(odd, 3))
            ),
            arrayMap(
                field -> (
                    tupleElement(field, 1),
                    tupleElement(field, 2),
                    transform(tupleElement(field, 1), [{names}], [{kinds}], '')
                ),
                [arrayFirst(field -> not {fits}, JSONExtractKeysAndValuesRaw({line}))]
            )
        )[1]
    )"""


def fits(type_: str, raw: str, depth: int = 0) -> str:
    """SQL: whether the JSON text `raw` (SQL) is read as the type without being changed."""
    bare, variable = bare_type(type_), f"part{depth}"
    kind = kind_of(bare)
    value = f"trim(both '\"' from {raw})"
    if kind == "a whole number":
        return f"(match({raw}, '^\"?-?[0-9]+\"?$') and accurateCastOrNull({value}, '{bare}') is not null)"
    if kind == "a number":
        number = f"toFloat64OrNull({value})"
        return f"(match({raw}, '^\"?-?[0-9]') and {number} is not null and isFinite(assumeNotNull({number})))"
    if kind == "a text":
        return f"startsWith({raw}, '\"')"
    if kind == "a time":
        return f"(match({raw}, {_quoted(f'^(?:{_TIME})$')}) or {_TIME_HOLDS.format(raw=raw)})"
    if kind == "a list":
        item = bare[len("Array(") : -1]
        filled = f"({fits(item, variable, depth + 1)}{_has_member(item, variable)})"
        return (
            f"(startsWith({raw}, '[')"
            f" and not arrayExists({variable} -> not {filled}, JSONExtractArrayRaw({raw})))"
        )
    if kind == "an object":
        inner = _member_fits(members(bare), variable, depth + 1)
        return (
            f"(startsWith({raw}, '{{')"
            f" and not arrayExists({variable} -> not {inner}, JSONExtractKeysAndValuesRaw({raw})))"
        )
    return "true"


def members(tuple_type: str) -> dict[str, str]:
    """Name and type of each element of a named Tuple."""
    found, start, depth = {}, 0, 0
    body = tuple_type[len("Tuple(") : -1] + ","
    for at, char in enumerate(body):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            name, _, type_ = body[start:at].strip().partition(" ")
            found[name.strip("`")] = type_.strip()
            start = at + 1
    return found


def _member_fits(columns: dict[str, str], variable: str, depth: int) -> str:
    """SQL: whether a (name, raw value) pair of an object fits; null and unknown names always do."""
    name, raw = f"tupleElement({variable}, 1)", f"tupleElement({variable}, 2)"
    by_type: dict[str, list[str]] = {}
    for column, type_ in columns.items():
        by_type.setdefault(type_, []).append(f"'{column}'")
    branches = ", ".join(
        f"{name} in ({', '.join(known)}), {fits(type_, raw, depth)}" for type_, known in by_type.items()
    )
    return f"multiIf({raw} = 'null', true, {branches}, true)"


def _has_member(item: str, raw: str) -> str:
    """SQL: and that an object in a list has a value that we keep; the engine drops lists of others."""
    if kind_of(item) != "an object":
        return ""
    names = ", ".join(f"'{name}'" for name in members(bare_type(item)))
    return (
        f" and arrayExists(pair -> tupleElement(pair, 1) in ({names}) and tupleElement(pair, 2) != 'null',"
        f" JSONExtractKeysAndValuesRaw({raw}))"
    )


def _pattern(type_: str) -> str:
    bare = bare_type(type_)
    kind = kind_of(bare)
    if kind == "a whole number":
        sign = "" if bare.startswith("U") else "-?"
        number = rf"{sign}(?:0|[1-9][0-9]{{0,{_DIGITS.get(bare.partition('Int')[2], 18) - 1}}})"
        return rf'(?:{number}|"{number}")'
    if kind == "a number":
        return rf'(?:{_FLOAT}|"{_FLOAT}")'
    if kind == "a text":
        return _TEXT
    if kind == "a time":
        return f"(?:{_TIME})"
    if kind == "a list":
        return _list(_pattern(bare[len("Array(") : -1]))
    if kind == "an object":
        return _object({name: _pattern(inner) for name, inner in members(bare).items()})
    return _anything()


def _anything() -> str:
    """Any value, except that what is nested deeper than two levels is left to the parser."""
    value = _SCALAR
    for _ in range(2):
        pair = f"{_TEXT}{_GAP}:{_GAP}{value}"
        value = rf"(?:{_SCALAR}|{_list(value)}|\{{{_GAP}(?:{_several(pair)})?{_GAP}\}})"
    return value


def _list(item: str) -> str:
    return rf"\[{_GAP}(?:{_several(item)})?{_GAP}\]"


def _object(known: dict[str, str]) -> str:
    """At least one of the known pairs, and no others."""
    pairs = "|".join(rf'"{_escaped(name)}"{_GAP}:{_GAP}{inner}' for name, inner in known.items())
    return rf"\{{{_GAP}{_several(pairs)}{_GAP}\}}"


def _several(item: str) -> str:
    return rf"(?:{item})(?:{_GAP},{_GAP}(?:{item}))*"


def _escaped(name: str) -> str:
    return name.replace(".", r"\.")


def bare_type(type_: str) -> str:
    """The type without Nullable and LowCardinality."""
    for wrapper in ("LowCardinality(", "Nullable("):
        if type_.startswith(wrapper):
            type_ = type_[len(wrapper) : -1]
    return type_


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
