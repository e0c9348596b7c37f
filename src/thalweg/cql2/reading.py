r"""CQL2 text and CQL2 JSON become one tree, bounded and checked (OGC 21-065r2).

The text goes through the library ``cql2``, its JSON and that of clients through the same reader. The standard's escapes
(``\'`` and ``\n`` in a literal), ``.5`` and ``()`` are respelled before the library sees them. Numbers of a text are
IEEE doubles; those of JSON keep every digit of an integer that 64 bits hold.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import cql2

from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import (
    ARRAYS,
    TEMPORAL,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    Shape,
    Span,
)
from thalweg.core.time import instant
from thalweg.cql2.bounds import USUAL, Bounds, check_patterns
from thalweg.cql2.checking import check_filter
from thalweg.cql2.failures import advice, unreadable
from thalweg.cql2.functions import function
from thalweg.cql2.grounds import box, literal
from thalweg.cql2.moments import date_of
from thalweg.cql2.scanning import EMPTY, Scan
from thalweg.cql2.spellings import CANONICAL, NEGATED

_WHOLE: Final = 2.0**53
_WIDEST: Final = 2**63
_NAME: Final = 256
_ENDS: Final = 2
_DAY: Final = 10


def read(value: str | Mapping[str, Any] | bool, most: Bounds = USUAL, *, globe: bool = True) -> Expression:  # noqa: FBT001 - JSON's own
    """Read a filter in either encoding; ``globe`` is false where its geometries are not in lon/lat yet.

    Raises:
        InvalidParameter: it is no filter; the message says what is wrong and where.
        TooLarge: it goes beyond a bound.
    """
    if isinstance(value, str):
        return read_text(value, most, globe=globe)
    return read_json(value, most, globe=globe)


def read_text(text: str, most: Bounds = USUAL, *, globe: bool = True) -> Expression:
    """Read CQL2 text; see `read`."""
    if len(text) > most.size or len(text.encode("utf-8", "surrogatepass")) > most.size:
        raise TooLarge(f"filter: longer than {most.size} bytes")
    _check_characters(text)
    if not text.strip():
        raise InvalidParameter("filter", "is empty")
    try:
        return _parsed(text, most, globe=globe)
    except InvalidParameter as error:
        raise InvalidParameter("filter", f"{error.why}{advice(text)}") from error


def _parsed(text: str, most: Bounds, *, globe: bool) -> Expression:
    written = Scan(text, most).written
    try:
        document = cql2.parse_text(written).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise InvalidParameter("filter", unreadable(written, str(error))) from error
    return read_json(document, most, globe=globe)


def read_json(document: object, most: Bounds = USUAL, *, globe: bool = True) -> Expression:
    """Read CQL2 JSON, parsed already; see `read`."""
    expression = _Reader(most, globe=globe).value(document, "", 0)
    check_filter(expression)
    check_patterns(expression, most)
    return expression


def _check_characters(text: str) -> None:
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise InvalidParameter("filter", "holds a character that no text has (NUL, or half of a pair)")


class _Reader:
    """One reading of one document, with what it has used of its bounds."""

    def __init__(self, most: Bounds, *, globe: bool) -> None:
        self._most = most
        self._globe = globe
        self._nodes = self._positions = 0
        self._forms: tuple[tuple[str, Callable[[Any, str, int], Expression]], ...] = (
            ("op", self._operation),
            ("property", self._property),
            ("timestamp", self._timestamp),
            ("date", self._date),
            ("interval", self._interval),
            ("bbox", self._bbox),
            ("coordinates", self._shape),
            ("geometries", self._shape),
            ("function", self._function),
        )

    def value(self, document: object, path: str, depth: int) -> Expression:
        """Return what a part of the document says; ``path`` names it in messages."""
        self._count(depth)
        if isinstance(document, Mapping):
            for key, form in self._forms:
                if key in document:
                    return form(document, path, depth)
            known = ", ".join(key for key, _ in self._forms[:-1])
            raise InvalidParameter("filter", f"{_at(path)}is an object without any of {known}")
        if isinstance(document, list):
            return self._array(document, path, depth)
        return Literal(self._scalar(document, path))

    def _count(self, depth: int) -> None:
        self._nodes += 1
        if self._nodes > self._most.nodes:
            raise TooLarge(f"filter: more than {self._most.nodes} parts")
        if depth > self._most.depth:
            raise TooLarge(f"filter: parts within parts more than {self._most.depth} deep")

    def _scalar(self, value: object, path: str) -> str | int | float | bool | None:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return self._string(value, path)
        if isinstance(value, int | float):
            return _number(value, path)
        raise InvalidParameter("filter", f"{_at(path)}is no value of JSON")

    def _string(self, value: object, path: str) -> str:
        if not isinstance(value, str):
            raise InvalidParameter("filter", f"{_at(path)}should be a string")
        if len(value) > self._most.characters:
            raise TooLarge(f"filter: {_at(path)}has more than {self._most.characters} characters")
        _check_characters(value)
        return value

    def _array(self, items: Sequence[object], path: str, depth: int) -> Array:
        if len(items) > self._most.members:
            raise TooLarge(f"filter: {_at(path)}has more than {self._most.members} members")
        return Array(tuple(self.value(one, f"{path}[{place}]", depth + 1) for place, one in enumerate(items)))

    def _property(self, document: Mapping[str, Any], path: str, _depth: int) -> Property:
        name = self._string(document["property"], f"{path}.property")
        if not 0 < len(name) <= _NAME:
            raise InvalidParameter("filter", f"{_at(path)}a property's name has 1 to {_NAME} characters")
        return Property(name)

    def _timestamp(self, document: Mapping[str, Any], path: str, _depth: int) -> Instant:
        return Instant(instant(self._string(document["timestamp"], f"{path}.timestamp"), "filter"))

    def _date(self, document: Mapping[str, Any], path: str, _depth: int) -> Instant:
        return Instant(date_of(self._string(document["date"], f"{path}.date")), date=True)

    def _interval(self, document: Mapping[str, Any], path: str, depth: int) -> Span:
        ends = document["interval"]
        if not isinstance(ends, list) or len(ends) != _ENDS:
            raise InvalidParameter("filter", f"{_at(path)}an interval has a start and an end")
        start, end = (self._end(one, f"{path}.interval[{place}]", depth + 1) for place, one in enumerate(ends))
        if isinstance(start, Instant) and isinstance(end, Instant) and end.at < start.at:
            raise InvalidParameter("filter", f"{_at(path)}the interval ends before it starts")
        return Span(start, end)

    def _end(self, end: object, path: str, depth: int) -> Expression | None:
        if isinstance(end, str):
            return None if end in {"..", ""} else _moment(self._string(end, path))
        return self.value(end, path, depth)

    def _bbox(self, document: Mapping[str, Any], path: str, _depth: int) -> Shape:
        numbers = document["bbox"]
        if not isinstance(numbers, list) or len(numbers) > 6:  # noqa: PLR2004 - two corners in three dimensions
            raise InvalidParameter("filter", f"{_at(path)}a BBOX has 4 numbers or 6")
        found = [self._coordinate(one, f"{path}.bbox[{place}]") for place, one in enumerate(numbers)]
        return Shape(box(found, globe=self._globe))

    def _coordinate(self, value: object, path: str) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InvalidParameter("filter", f"{_at(path)}should be a number")
        return float(_number(value, path))

    def _shape(self, document: Mapping[str, Any], _path: str, _depth: int) -> Shape:
        geojson, count = literal(document, self._most.positions - self._positions, globe=self._globe)
        self._positions += count
        return Shape(geojson)

    def _function(self, document: Mapping[str, Any], path: str, depth: int) -> Expression:
        """Read the function object of the drafts."""
        said = document["function"]
        if not isinstance(said, Mapping):
            raise InvalidParameter("filter", f"{_at(path)}a function is an object with name and args")
        return self._operation({"op": said.get("name"), "args": said.get("args", [])}, f"{path}.function", depth)

    def _operation(self, document: Mapping[str, Any], path: str, depth: int) -> Expression:
        name = self._string(document["op"], f"{path}.op")
        args = document.get("args")
        if not isinstance(args, list):
            raise InvalidParameter("filter", f"{_at(path)}args of {name[:64]!r} should be an array")
        if name == EMPTY:
            return Array(())
        low = " ".join(name.lower().split())
        if low in NEGATED:
            return Operation("not", (self._operation({"op": NEGATED[low], "args": args}, path, depth + 1),))
        op = CANONICAL.get(low) or function(low).name
        return Operation(op, _flat(op, self._arguments(op, _unnested(op, args), path, depth + 1)))

    def _arguments(self, op: str, args: Sequence[object], path: str, depth: int) -> tuple[Expression, ...]:
        if len(args) > self._most.members:
            raise TooLarge(f"filter: {_at(path)}{op} has more than {self._most.members} arguments")
        places = [f"{path}.args[{place}]" for place in range(len(args))]
        if op in TEMPORAL:
            return tuple(self._temporal(one, place, depth) for one, place in zip(args, places, strict=True))
        if op in ARRAYS:
            return tuple(self._set(one, place, depth) for one, place in zip(args, places, strict=True))
        return tuple(self.value(one, place, depth) for one, place in zip(args, places, strict=True))

    def _set(self, document: object, path: str, depth: int) -> Expression:
        """Read an operand of an array operator; an array of one member is no more than a bracket in CQL2 text."""
        found = self.value(document, path, depth)
        return found if isinstance(found, Array | Property) else Array((found,))

    def _temporal(self, document: object, path: str, depth: int) -> Expression:
        """Read an operand of a temporal operator; drafts wrote instants and intervals as strings."""
        if not isinstance(document, str):
            return self.value(document, path, depth)
        self._count(depth)
        if "/" in document:
            return self._interval({"interval": document.split("/")}, path, depth)
        return _moment(self._string(document, path))


def _unnested(op: str, args: Sequence[object]) -> Sequence[object]:
    """Return the bounds of a draft's BETWEEN, ``[x, [low, high]]``, as the standard has them."""
    if op == "between" and len(args) == 2 and isinstance(args[1], list):  # noqa: PLR2004 - the value and its bounds
        return [args[0], *args[1]]
    return args


def _flat(op: str, arguments: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """Return the arguments of AND and OR with those of the same operator inside them in its place."""
    if op not in {"and", "or"}:
        return arguments
    inside = (one.arguments if isinstance(one, Operation) and one.op == op else (one,) for one in arguments)
    return tuple(one for several in inside for one in several)


def _moment(text: str) -> Instant:
    return Instant(date_of(text), date=True) if len(text) == _DAY else Instant(instant(text, "filter"))


def _number(value: float, path: str) -> int | float:
    """Return a number as it is compared: a float that is whole and exact is an integer."""
    if isinstance(value, int) and abs(value) < _WIDEST:
        return value
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InvalidParameter("filter", f"{_at(path)}every number must be finite")
    return int(number) if number.is_integer() and abs(number) <= _WHOLE else number


def _at(path: str) -> str:
    return f"{path.lstrip('.')}: " if path else ""
