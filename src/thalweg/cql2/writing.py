"""A tree becomes CQL2 JSON or CQL2 text again; what is read from either is the tree it was."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import orjson
import shapely

from thalweg.core.expressions import (
    ARITHMETIC,
    COMPARISONS,
    LOGIC,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    Shape,
    Span,
)
from thalweg.core.time import written

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_:]*")
_KEYWORDS: Final = frozenset(
    [
        "AND",
        "OR",
        "NOT",
        "LIKE",
        "BETWEEN",
        "IN",
        "IS",
        "NULL",
        "TRUE",
        "FALSE",
        "DIV",
        "CASEI",
        "ACCENTI",
        "DATE",
        "TIMESTAMP",
        "INTERVAL",
        "BBOX",
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
        "EMPTY",
        "Z",
    ]
)
_ESCAPES: Final[Mapping[int, str]] = {
    ord(one): escape
    for one, escape in {
        "\\": "\\\\", "'": "''", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f",
        "\r": "\\r",
    }.items()
}  # fmt: skip


def to_json(expression: Expression) -> Any:  # noqa: ANN401 - JSON
    """Return the expression as CQL2 JSON."""
    match expression:
        case Literal(value):
            return value
        case Property(name):
            return {"property": name}
        case Shape(geojson):
            return orjson.loads(geojson)
        case Array(items):
            return [to_json(one) for one in items]
        case Operation(op, arguments):
            return {"op": op, "args": [to_json(one) for one in arguments]}
        case _:
            return _time_to_json(expression)


def _time_to_json(time: Instant | Span) -> Any:  # noqa: ANN401 - JSON
    if isinstance(time, Span):
        return {"interval": [_end_to_json(time.start), _end_to_json(time.end)]}
    return {"date" if time.date else "timestamp": _moment(time)}


def _end_to_json(end: Expression | None) -> Any:  # noqa: ANN401 - JSON
    if end is None:
        return ".."
    return _moment(end) if isinstance(end, Instant) else to_json(end)


def _moment(instant: Instant) -> str:
    return instant.at.date().isoformat() if instant.date else written(instant.at)


def to_text(expression: Expression) -> str:
    """Return the expression as CQL2 text, with every bracket that could matter."""
    match expression:
        case Literal(value):
            return _literal(value)
        case Property(name):
            return _name(name)
        case Shape(geojson):
            return shapely.to_wkt(shapely.from_geojson(geojson), rounding_precision=-1)
        case Array(items):
            return f"({', '.join(map(to_text, items))})"
        case Operation(op, arguments):
            return _operation(op, arguments)
        case _:
            return _time_to_text(expression)


def _time_to_text(time: Instant | Span) -> str:
    if isinstance(time, Span):
        return f"INTERVAL({_end_to_text(time.start)}, {_end_to_text(time.end)})"
    return f"{'DATE' if time.date else 'TIMESTAMP'}('{_moment(time)}')"


def _end_to_text(end: Expression | None) -> str:
    if end is None:
        return "'..'"
    return f"'{_moment(end)}'" if isinstance(end, Instant) else to_text(end)


def _literal(value: str | float | None) -> str:
    if isinstance(value, str):
        return f"'{value.translate(_ESCAPES)}'"
    if isinstance(value, bool) or value is None:
        return {True: "TRUE", False: "FALSE", None: "NULL"}[value]
    return repr(value)


def _name(name: str) -> str:
    if _PLAIN.fullmatch(name) and name.upper() not in _KEYWORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def _operation(op: str, arguments: Sequence[Expression]) -> str:
    texts = [to_text(one) for one in arguments]
    written_as = _FORMS.get(op)
    if written_as is None:
        return f"{op.upper() if op[1:2] == '_' else op}({', '.join(texts)})"
    return f"({written_as(op, texts)})"


def _joined(op: str, texts: Sequence[str]) -> str:
    return f" {op.upper()} ".join(texts)


_FORMS: Final[Mapping[str, Callable[[str, Sequence[str]], str]]] = {
    **dict.fromkeys((LOGIC - {"not"}) | COMPARISONS | ARITHMETIC, _joined),
    "not": lambda _, texts: f"NOT {texts[0]}",
    "like": _joined,
    "in": _joined,
    "between": lambda _, texts: f"{texts[0]} BETWEEN {texts[1]} AND {texts[2]}",
    "isNull": lambda _, texts: f"{texts[0]} IS NULL",
}
