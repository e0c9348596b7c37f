"""STAC's extension ``query``, said in CQL2."""

import re
from collections.abc import Mapping
from typing import Any

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Expression
from thalweg.core.time import instant
from thalweg.cql2.names import plain
from thalweg.cql2.reading import read_json

_COMPARISONS = {"eq": "=", "neq": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_PATTERNS = {"startsWith": "{}%", "endsWith": "%{}", "contains": "%{}%"}
OPERATORS = (*_COMPARISONS, *_PATTERNS, "in")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?")
_ESCAPED = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def expression(query: Mapping[str, Any]) -> Expression | None:
    """Return the filter that a query means; all of it must be true.

    Raises:
        InvalidParameter: it is no query; the parameter is the member's path.
        TooLarge: it says too much.
    """
    asked = [
        _said(plain(name), operator, value)
        for name, operators in query.items()
        for operator, value in _operators(name, operators).items()
    ]
    if not asked:
        return None
    try:
        return read_json(asked[0] if len(asked) == 1 else {"op": "and", "args": asked})
    except InvalidParameter as error:
        raise InvalidParameter("query", error.why) from error
    except TooLarge as error:
        raise TooLarge(f"query{str(error).removeprefix('filter')}") from error


def _operators(name: str, operators: object) -> Mapping[str, Any]:
    if not isinstance(operators, Mapping):
        raise InvalidParameter(f"query.{name[:64]}", f"takes an object of {', '.join(OPERATORS)}")
    for operator in operators:
        if operator not in OPERATORS:
            raise InvalidParameter(f"query.{name[:64]}.{operator[:64]}", f"is none of {', '.join(OPERATORS)}")
    return operators


def _said(name: str, operator: str, value: object) -> Mapping[str, Any]:
    of = {"property": name}
    where = f"query.{name[:64]}.{operator}"
    if operator in _PATTERNS:
        return {"op": "like", "args": [of, _pattern(operator, value, where)]}
    if operator == "in":
        return {"op": "in", "args": [of, _list(value, where)]}
    if value is None and operator in ("eq", "neq"):
        null = {"op": "isNull", "args": [of]}
        return null if operator == "eq" else {"op": "not", "args": [null]}
    said = [{"op": _COMPARISONS[operator], "args": [of, one]} for one in (_value(value, where), *_as_number(value))]
    return said[0] if len(said) == 1 else {"op": "or", "args": said}


def _pattern(operator: str, value: object, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidParameter(where, "takes a string")
    return _PATTERNS[operator].format(value.translate(_ESCAPED))


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list) or not value:
        raise InvalidParameter(where, "takes an array of values")
    return [_value(one, where) for one in value]


def _as_number(value: object) -> list[float]:
    """Return the number that a string may mean: clients write numbers so, and other kinds are never equal."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return []
    return [float(value)]


def _value(value: object, where: str) -> object:
    if isinstance(value, str):
        return {"timestamp": value} if _is_time(value) else value
    if not isinstance(value, int | float):
        raise InvalidParameter(where, "takes a string, a number or a truth value")
    return value


def _is_time(text: str) -> bool:
    try:
        instant(text)
    except InvalidParameter:
        return False
    return True
