r"""Filters answered in memory: what they mean, exactly. The stores' queries are held against this.

* Logic has three values. What compares values of different kinds is null, never true: so is everything a null takes
  part in, but ``IS NULL``, and AND and OR where the other side decides. Only what is true matches.
* Numbers are one kind: 1 = 1.0. Truth values are no numbers; false < true. Strings compare by code point. An array, an
  object or a geometry compares with nothing.
* A string that is an RFC 3339 time or date compares with an instant as a time. ``datetime``, ``start_datetime`` and
  ``end_datetime`` of an Item are instants whatever they are compared with. A DATE is its first moment in UTC, in
  comparisons, in temporal operators and as either end of an INTERVAL.
* ``datetime`` of an Item that has none is its ``start_datetime`` in comparisons, as in sorting, and its span in
  temporal operators; ``datetime IS NULL`` tells what is written.
* Temporal operators are Allen's on closed spans; an instant is a span of no length, an open end is infinite. Those that
  the standard has for intervals only refuse a literal instant, but take a property that is one.
* ``x IN (a, b)`` is ``x = a OR x = b``; ``x BETWEEN a AND b`` is ``x >= a AND x <= b``.
* LIKE matches whole strings: ``%`` any run, ``_`` one code point, ``\`` takes the next as it is.
* ``/`` is real division, ``div`` is cut towards zero, ``%`` has the sign of what is divided. Division by zero, a power
  that is no real number and what is not finite are null.
* Arrays are sets: order and repetition say nothing. Members are equal as JSON values, null to null.
* Only ``geometry`` is spatial. Geometries are flat and plane in lon/lat, cut at the antimeridian; 180 and -180 are two
  places.
"""

from collections.abc import Callable, Sequence
from typing import Any

import shapely

from thalweg.core.expressions import (
    ARITHMETIC,
    ARRAYS,
    CHARACTERS,
    COMPARISONS,
    LOGIC,
    SOME,
    SPATIAL,
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
from thalweg.cql2.characters import folded, pattern_of, unaccented
from thalweg.cql2.comparing import COMPARED, RELATED, aligned, as_set, calculation, number
from thalweg.cql2.functions import FUNCTIONS, Function
from thalweg.cql2.kinds import Kind
from thalweg.cql2.lookups import Document, ItemLookup, Lookup, Reader, ValueLookup, values_in
from thalweg.cql2.moments import RELATIONS, moment_of, span_of, times_of

Answer = Callable[[Document], bool | None]
_ITEM = ItemLookup()
_MIRRORED = {"s_within": "s_contains", "s_contains": "s_within"}


def matches(expression: Expression, document: Document, lookup: Lookup = _ITEM) -> bool:
    """Tell whether a document satisfies a filter."""
    return compiled(expression, lookup)(document) is True


def value(expression: Expression, document: Document, lookup: Lookup = _ITEM) -> Any:  # noqa: ANN401 - of any kind
    """Return what an expression gives for a document; ``None`` is null."""
    return _Compiler(lookup).read(expression)(document)


def compiled(expression: Expression, lookup: Lookup = _ITEM) -> Answer:
    """Compile a filter once, to be asked of many documents: true, false, or ``None`` for null."""
    return _truth(_Compiler(lookup).read(expression))


def _truth(read: Reader) -> Answer:
    def truth(document: Document) -> bool | None:
        found = read(document)
        return found if found is True or found is False else None

    return truth


class _Compiler:
    """Turns expressions into closures over one lookup."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._operators: tuple[tuple[frozenset[str], Callable[[str, Sequence[Expression]], Reader]], ...] = (
            (COMPARISONS, self._comparison),
            (LOGIC, self._logic),
            (frozenset({"in"}), self._in),
            (frozenset({"like"}), self._like),
            (frozenset({"between"}), self._between),
            (frozenset({"isNull"}), self._null),
            (SPATIAL, self._spatial),
            (TEMPORAL, self._temporal),
            (ARRAYS, self._array),
            (ARITHMETIC, self._arithmetic),
            (CHARACTERS, self._characters),
            (frozenset({SOME}), self._some),
        )

    def read(self, expression: Expression) -> Reader:
        """Return the reader of what an expression gives."""
        match expression:
            case Property(name):
                return self._lookup.scalar(name)
            case Operation(op, arguments):
                return self._operation(op, arguments)
            case Array(items):
                readers = [self.read(one) for one in items]
                return lambda document: [read(document) for read in readers]
            case Span():
                return self._times(expression)
            case _:
                return self._constant(expression)

    def _constant(self, literal: Literal | Instant | Shape) -> Reader:
        if isinstance(literal, Shape):
            return self._ground(literal)
        constant = literal.value if isinstance(literal, Literal) else literal.at
        return lambda _: constant

    def _operation(self, op: str, arguments: Sequence[Expression]) -> Reader:
        for operators, compile_one in self._operators:
            if op in operators:
                return compile_one(op, arguments)
        return _call(FUNCTIONS[op], [self.read(one) for one in arguments])

    def _comparison(self, op: str, arguments: Sequence[Expression]) -> Reader:
        compare = COMPARED[op]
        left, right = (self.read(one) for one in arguments)
        if isinstance(arguments[1], Literal):
            constant = arguments[1].value
            return lambda document: compare(left(document), constant)
        return lambda document: compare(left(document), right(document))

    def _logic(self, op: str, arguments: Sequence[Expression]) -> Reader:
        answers = [_truth(self.read(one)) for one in arguments]
        if op == "not":
            return _opposite(answers[0])
        decides = op == "or"

        def joined(document: Document) -> bool | None:
            found: bool | None = not decides
            for answer in answers:
                one = answer(document)
                if one is decides:
                    return decides
                if one is None:
                    found = None
            return found

        return joined

    def _in(self, _op: str, arguments: Sequence[Expression]) -> Reader:
        left, listed = arguments
        items = listed.items if isinstance(listed, Array) else ()
        if len(items) > 1 and all(isinstance(one, Literal) and isinstance(one.value, str) for one in items):
            return self._in_strings(left, items)
        return self._logic("or", [Operation("=", (left, one)) for one in items])

    def _in_strings(self, left: Expression, items: Sequence[Expression]) -> Reader:
        """Compile the list that is common and long, of strings, as a set."""
        strings = frozenset(one.value for one in items if isinstance(one, Literal))
        read = self.read(left)
        slow = self._logic("or", [Operation("=", (left, one)) for one in items])

        def within(document: Document) -> bool | None:
            found = read(document)
            return found in strings if isinstance(found, str) else slow(document)

        return within

    def _between(self, _op: str, arguments: Sequence[Expression]) -> Reader:
        one, low, high = arguments
        return self._logic("and", (Operation(">=", (one, low)), Operation("<=", (one, high))))

    def _null(self, _op: str, arguments: Sequence[Expression]) -> Reader:
        one = arguments[0]
        read = self._lookup.written(one.name) if isinstance(one, Property) else self.read(one)
        return lambda document: read(document) is None

    def _like(self, _op: str, arguments: Sequence[Expression]) -> Reader:
        left, right = (self.read(one) for one in arguments)

        def like(document: Document) -> bool | None:
            text, pattern = left(document), right(document)
            if not isinstance(text, str) or not isinstance(pattern, str):
                return None
            return pattern_of(pattern).match(text) is not None

        return like

    def _characters(self, op: str, arguments: Sequence[Expression]) -> Reader:
        change = folded if op == "casei" else unaccented
        read = self.read(arguments[0])
        if isinstance(arguments[0], Literal):
            text = arguments[0].value
            constant = change(text) if isinstance(text, str) else None
            return lambda _: constant

        def changed(document: Document) -> str | None:
            found = read(document)
            return change(found) if isinstance(found, str) else None

        return changed

    def _arithmetic(self, op: str, arguments: Sequence[Expression]) -> Reader:
        calculate = calculation(op)
        left, right = (self.read(one) for one in arguments)
        return lambda document: calculate(left(document), right(document))

    def _array(self, op: str, arguments: Sequence[Expression]) -> Reader:
        relate = RELATED[op]
        timed = any(isinstance(one, Array) and _has_instant(one) for one in arguments)
        left, right = (self._set(one, timed=timed) for one in arguments)

        def related(document: Document) -> bool | None:
            one, other = left(document), right(document)
            return None if one is None or other is None else relate(one, other)

        return related

    def _set(self, expression: Expression, *, timed: bool) -> Reader:
        read = self._lookup.written(expression.name) if isinstance(expression, Property) else self.read(expression)

        def found(document: Document) -> frozenset[Any] | None:
            array = read(document)
            return as_set(array, timed=timed) if isinstance(array, list) else None

        return found

    def _some(self, _op: str, arguments: Sequence[Expression]) -> Reader:
        within, listed, predicate = arguments
        read = self._lookup.written(within.name) if isinstance(within, Property) else self.read(within)
        items = listed.items if isinstance(listed, Array) else ()
        keys = frozenset(one.value for one in items if isinstance(one, Literal))
        answer = compiled(predicate, ValueLookup())
        return lambda document: any(answer(one) is True for one in values_in(read(document), keys))

    def _temporal(self, op: str, arguments: Sequence[Expression]) -> Reader:
        relate = RELATIONS[op]
        left, right = (self._times(one) for one in arguments)

        def related(document: Document) -> bool | None:
            one, other = left(document), right(document)
            return None if one is None or other is None else relate(one, other)

        return related

    def _times(self, expression: Expression) -> Reader:
        match expression:
            case Property(name):
                return self._lookup.times(name)
            case Instant(at):
                constant = times_of(at)
                return lambda _: constant
            case Span(start, end):
                return self._span(start, end)
            case _:
                read = self.read(expression)
                return lambda document: times_of(read(document))

    def _span(self, start: Expression | None, end: Expression | None) -> Reader:
        first, last = self._end(start, float("-inf")), self._end(end, float("inf"))
        if isinstance(start, Instant | None) and isinstance(end, Instant | None):
            constant = span_of(first({}), last({}))
            return lambda _: constant
        return lambda document: span_of(first(document), last(document))

    def _end(self, end: Expression | None, infinite: float) -> Reader:
        return (lambda _: infinite) if end is None else self.read(end)

    def _spatial(self, op: str, arguments: Sequence[Expression]) -> Reader:
        one, other = arguments
        if isinstance(other, Shape) and not isinstance(one, Shape):
            # A prepared geometry is quick on the left only, and each relation has one that says the same from there.
            one, other, op = other, one, _MIRRORED.get(op, op)
        relate = getattr(shapely, op.removeprefix("s_"))
        left, right = self._ground(one), self._ground(other)

        def related(document: Document) -> bool | None:
            first, second = left(document), right(document)
            return None if first is None or second is None else bool(relate(first, second))

        return related

    def _ground(self, expression: Expression) -> Reader:
        match expression:
            case Shape(geojson):
                constant = shapely.from_geojson(geojson)
                shapely.prepare(constant)
                return lambda _: constant
            case Property(name):
                return self._lookup.ground(name)
            case _:
                return lambda _: None


def _opposite(answer: Answer) -> Reader:
    def opposite(document: Document) -> bool | None:
        found = answer(document)
        return None if found is None else not found

    return opposite


def _has_instant(array: Array) -> bool:
    return any(isinstance(one, Instant) or (isinstance(one, Array) and _has_instant(one)) for one in array.items)


def _call(called: Function, readers: Sequence[Reader]) -> Reader:
    takes = [called.argument(place).kinds for place in range(len(readers))]

    def call(document: Document) -> Any:  # noqa: ANN401 - of any kind
        values = [_taken(read(document), kinds) for read, kinds in zip(readers, takes, strict=True)]
        if None in values or (called.returns is Kind.UNKNOWN and aligned(*values) is None):
            return None
        return called.answer(*(values if called.returns is not Kind.UNKNOWN else aligned(*values) or ()))

    return call


def _taken(found: Any, kinds: frozenset[Kind]) -> Any:  # noqa: ANN401 - of any kind
    """Return a value as a function takes it, ``None`` where its kind is another."""
    if isinstance(found, str):
        return _string(found, kinds)
    if number(found):
        return found if Kind.NUMBER in kinds else None
    return found if Kind.INSTANT in kinds and hasattr(found, "astimezone") else None


def _string(found: str, kinds: frozenset[Kind]) -> Any:  # noqa: ANN401 - a string, a time, or nothing
    if Kind.INSTANT in kinds and Kind.NUMBER not in kinds:
        return moment_of(found)
    return found if Kind.STRING in kinds else None
