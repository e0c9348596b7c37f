"""Values as 13-026r9 writes them: one, a set in braces, or an interval as mathematics has it.

``n``, ``{n,m}``, ``[n,m]``, ``]n,m[``, ``[n`` (at least), ``]n`` (more), ``n]`` (at most), ``n[`` (less).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import SOME, VALUE, Array, Expression, Instant, Literal, Operation, Property
from thalweg.core.time import instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from thalweg.catalogue.api.opensearch.parameters import EoParameter

_SHAPE = re.compile(r"(?P<low_sign>[\[\]])?(?P<low>[^\[\]{},]*)(?:,(?P<high>[^\[\]{},]*))?(?P<high_sign>[\[\]])?")
_MOST = 64
_DAY = len("2000-01-01")


def asked(parameter: EoParameter, text: str) -> Expression:
    """Return what a value asks of Items.

    Raises:
        InvalidParameter: it is not written so, or of another kind.
    """
    said = _set(parameter, text) if text.startswith("{") else _one(parameter, text)
    found = tuple(_of(parameter, name, said) for name in parameter.properties)
    return found[0] if len(found) == 1 else Operation("or", found)


def _of(parameter: EoParameter, name: str, said: Callable[[Expression], Expression]) -> Expression:
    if parameter.kind == "many":
        return Operation(SOME, (Property(name), Array(()), said(Property(VALUE))))
    if parameter.kind == "text" and len(parameter.properties) > 1:
        # What is null must not hide what is true.
        return Operation("and", (Operation("not", (Operation("isNull", (Property(name),)),)), said(Property(name))))
    return said(Property(name))


def _set(parameter: EoParameter, text: str) -> Callable[[Expression], Expression]:
    if not text.endswith("}"):
        raise InvalidParameter(parameter.name, "a set begins with { and ends with }")
    values = [part.strip() for part in text[1:-1].split(",")]
    if not 0 < len(values) <= _MOST or not all(values):
        raise InvalidParameter(parameter.name, f"a set has 1 to {_MOST} values")
    each = [_compared(parameter, "=", value) for value in values]
    return lambda of: each[0](of) if len(each) == 1 else Operation("or", tuple(one(of) for one in each))


def _one(parameter: EoParameter, text: str) -> Callable[[Expression], Expression]:
    if parameter.kind in ("text", "many"):
        return _compared(parameter, "=", text)
    match = _SHAPE.fullmatch(text.strip())
    if match is None:
        raise InvalidParameter(parameter.name, "is a value, a set {a,b} or an interval [a,b], ]a,b[, [a, b]")
    low, high = match["low"], match["high"]
    below = {"[": ">=", "]": ">", None: ""}[match["low_sign"]]
    above = {"]": "<=", "[": "<", None: ""}[match["high_sign"]]
    if high is not None:
        if not (below and above and low.strip() and high.strip()):
            raise InvalidParameter(parameter.name, "an interval of two ends has a bracket at each")
        ends = (_compared(parameter, below, low), _compared(parameter, above, high))
        return lambda of: Operation("and", tuple(one(of) for one in ends))
    if below and above:
        raise InvalidParameter(parameter.name, "an interval of one end has one bracket")
    return _compared(parameter, below or above or "=", low)


def _compared(parameter: EoParameter, op: str, text: str) -> Callable[[Expression], Expression]:
    value = text.strip()
    match parameter.kind:
        case "number":
            number = Literal(_number(parameter, value))
            return lambda of: Operation(op, (of, number))
        case "time":
            moment = Instant(instant(f"{value}T00:00:00Z" if len(value) == _DAY else value, parameter.name))
            return lambda of: Operation(op, (of, moment))
        case _:
            # Codes are written in one case here and in another there: DESCENDING is descending.
            said = Operation("casei", (Literal(value),))
            return lambda of: Operation(op, (Operation("casei", (of,)), said))


def _number(parameter: EoParameter, text: str) -> float:
    try:
        found = float(text)
    except ValueError as error:
        raise InvalidParameter(parameter.name, f"{text[:64]!r} is no number") from error
    if not abs(found) < float("inf"):
        raise InvalidParameter(parameter.name, "is a finite number")
    return int(found) if found.is_integer() else found
