"""Filters as SQL over the tables of Items: true, false or NULL, exactly as ``thalweg.cql2.matching`` says.

What SQL says itself is compared in place. Everything else is one predicate at a time a function of the values that are
kept, or of the document where they are not: the same evaluator that answers in memory. A place in the filter that only
lets Items through where it is true is ``positive``: there false and NULL are the same, and the SQL is shorter.
"""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

import re
from collections.abc import Sequence

import orjson

from thalweg.catalogue.stores.sqlite.functions import Functions
from thalweg.catalogue.stores.sqlite.places import COLLECTION, DATETIME, Place, Places, RowLookup, short_of
from thalweg.catalogue.stores.sqlite.preparing import bindable
from thalweg.core.expressions import (
    COMPARISONS,
    LOGIC,
    Array,
    Expression,
    Instant,
    Literal,
    Operation,
    Property,
    parts,
    properties_of,
)
from thalweg.cql2.lookups import INSTANTS
from thalweg.cql2.matching import compiled
from thalweg.cql2.moments import microseconds, moment_of

Value = int | float | str | bytes
_TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_ALIKE: tuple[set[str], ...] = (set(), {"text"}, {"number"})
"""Kinds of the values in a list that SQL compares with a property."""
_MOST_SAID = 200
"""Parts of a filter that SQL says itself; of more, one function is asked."""
_MOST_COLUMNS = 100
"""Kept values that one function is handed, for SQLite bounds its arguments; of more, the document is asked."""


_LONGEST_PATTERN, _MOST_WILD = 200, 4
_TOKEN = re.compile(r"\\(.)|([%_])|(.)", re.DOTALL)
_WILD = {"%": "*", "_": "?"}


def glob_of(pattern: str) -> str:
    """Return a pattern of LIKE as one of GLOB, which knows case and takes a character for what it is."""
    found = []
    for escaped, wild, plain in _TOKEN.findall(pattern):
        sign = escaped or plain
        found.append(_WILD.get(wild, "") or (f"[{sign}]" if sign in "*?[" else sign))
    return "".join(found)


class Bound:
    """The values of one statement, by the names that stand for them in its SQL."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}

    def __call__(self, value: Value) -> str:
        """Take a value; return what stands for it."""
        name = f"f{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def said(expression: Expression, places: Places, functions: Functions, bound: Bound) -> str:
    """Return a filter as a condition of SQL."""
    speaker = Speaker(places, functions, bound)
    if sum(1 for _ in parts(expression)) > _MOST_SAID:
        return speaker.asked(expression)
    return speaker.truth(expression, positive=True)


class Speaker:
    """Says expressions in SQL."""

    def __init__(self, places: Places, functions: Functions, bound: Bound) -> None:
        self._places = places
        self._functions = functions
        self._bound = bound

    def truth(self, expression: Expression, *, positive: bool) -> str:
        """Return the SQL of a truth value."""
        match expression:
            case Literal(value):
                return "NULL" if value is not True and value is not False else str(int(value))
            case Operation("not", (one,)):
                return f"(NOT {self.truth(one, positive=False)})"
            case Operation(op, several) if op in LOGIC:
                return "(" + f" {op.upper()} ".join(self.truth(one, positive=positive) for one in several) + ")"
            case Operation() | Property():
                return self._leaf(expression, positive=positive)
            case _:
                return "NULL"

    def _leaf(self, expression: Operation | Property, *, positive: bool) -> str:
        places = [self._places.place(name) for name in sorted(properties_of(expression))]
        slow = [place.slow for place in places if place.slow is not None]
        if not slow:
            return self._fast(expression, places, positive=positive)
        read = self._read(expression)
        if not all(place.fast for place in places):
            return read
        fast = self._fast(expression, places, positive=positive)
        return f"CASE WHEN {' OR '.join(slow)} THEN {read} ELSE {fast} END"

    def _fast(self, expression: Operation | Property, places: Sequence[Place], *, positive: bool) -> str:
        found = self._simple(expression, positive=positive) or self._like(expression, positive=positive)
        return found if found is not None else self._answered(expression, places)

    def asked(self, expression: Expression) -> str:
        """Return the SQL that asks one function for all of it."""
        places = [self._places.place(name) for name in sorted(properties_of(expression))]
        slow = [place.slow for place in places if place.slow is not None]
        return self._read(expression) if slow else self._answered(expression, places)

    def _answered(self, expression: Expression, places: Sequence[Place]) -> str:
        offsets, columns = dict[str, int](), list[str]()
        for place in places:
            offsets[place.name] = len(columns)
            columns.extend(place.columns)
        if len(columns) > _MOST_COLUMNS:
            return self._read(expression)
        number = self._functions.answering(compiled(expression, RowLookup(offsets)))
        return f"of_values({', '.join((self._bound(number), *columns))})"

    def _read(self, expression: Expression) -> str:
        number = self._bound(self._functions.reading(compiled(expression)))
        return self._places.document.format(number=number)

    def _simple(self, expression: Expression, *, positive: bool) -> str | None:
        """Return what SQL says itself; nothing where it cannot."""
        found: str | None = None
        match expression:
            case Property(name) if self._scalar(name):
                found = _boolean(self._places.place(name))
            case Operation(op, (Property(name), Literal() | Instant() as other)) if op in COMPARISONS:
                found = self._compared(op, name, other, positive=positive)
            case Operation(op, (Literal() | Instant() as other, Property(name))) if op in COMPARISONS:
                found = self._compared(_TURNED[op], name, other, positive=positive)
            case Operation("between", (Property() as one, low, high)):
                both = (Operation(">=", (one, low)), Operation("<=", (one, high)))
                ends = [self._simple(end, positive=positive) for end in both]
                found = f"({' AND '.join(end for end in ends if end)})" if all(ends) else None
            case Operation("in", (Property(name), Array(items))):
                found = self._listed(name, items, positive=positive)
            case Operation("isNull", (Property(name),)):
                found = self._null(name)
        return found

    def _like(self, expression: Operation | Property, *, positive: bool) -> str | None:
        """Return LIKE as SQLite says it; nothing for a pattern that would take it long, and for all else."""
        match expression:
            case Operation("like", (Property(name), Literal(str(pattern)))) if self._scalar(name):
                if len(pattern) > _LONGEST_PATTERN or pattern.count("%") > _MOST_WILD or "\0" in pattern:
                    return None
                scalar = self._places.place(name).scalar
                condition = f"{scalar} GLOB {self._bound(glob_of(pattern))}"
                kind = f"(typeof({scalar}) = 'text' AND {condition})"
                return kind if positive else _of_kind(scalar, condition, strings=True)
        return None

    def _scalar(self, name: str) -> bool:
        """Tell whether a property is one of ``properties`` that has no meaning of its own."""
        return name not in {"id", "collection", "geometry"} and short_of(name) not in INSTANTS

    def _null(self, name: str) -> str:
        place = self._places.place(name)
        if name in {"id", "collection"}:
            return "0"
        if name == "geometry":
            return "(item.west IS NULL)"
        if short_of(name) in INSTANTS:
            key = {"datetime": "'z') IS NOT", "start_datetime": "'s') IS", "end_datetime": "'e') IS"}[short_of(name)]
            return f"((item.p ->> {key} NULL)"
        return f"({place.scalar} IS NULL AND {place.other} IS NULL)"

    def _compared(self, op: str, name: str, other: Literal | Instant, *, positive: bool) -> str | None:
        value = other.value if isinstance(other, Literal) else other
        if value is None:
            return "NULL"
        if short_of(name) in INSTANTS:
            return self._timed(op, name, value)
        if isinstance(value, Instant) or name == "geometry":
            return None
        if name in {"id", "collection"}:
            column = "item.id" if name == "id" else COLLECTION
            return f"({column} {op} {self._bound(value)})" if isinstance(value, str) else "NULL"
        place = self._places.place(name)
        if isinstance(value, bool):
            return f"({_boolean(place)} {op} {int(value)})"
        return _guarded(place.scalar, op, value, self._bound(bindable(value)), positive=positive)

    def _timed(self, op: str, name: str, other: str | float | Instant) -> str:
        at = other.at if isinstance(other, Instant) else moment_of(other) if isinstance(other, str) else None
        if at is None:
            return "NULL"
        value = microseconds(at)
        short = short_of(name)
        if short == "datetime":
            if value % 1000 == 0 and op in {"<", ">="}:
                return f"(item.t {op} {self._bound(value // 1000)})"
            # Of an Item without a datetime it is start_datetime, which may be finer than a ms too.
            exact = f"CASE WHEN item.p ->> 'z' THEN item.p ->> 's' ELSE {DATETIME} END"
            return f"({exact} {op} {self._bound(value)})"
        return f"((item.p ->> '{'s' if short == 'start_datetime' else 'e'}') {op} {self._bound(value)})"

    def _listed(self, name: str, items: Sequence[Expression], *, positive: bool) -> str | None:
        kinds = set(map(_kind, items))
        if kinds not in _ALIKE or name == "geometry" or short_of(name) in INSTANTS:
            return None
        listed = self._bound(orjson.dumps([one.value for one in items if isinstance(one, Literal)]).decode())
        return self._one_of(
            name, f"(SELECT value FROM json_each({listed}))", strings="number" not in kinds, positive=positive
        )

    def _one_of(self, name: str, listed: str, *, strings: bool, positive: bool) -> str:
        if name in {"id", "collection"}:
            column = "item.id" if name == "id" else COLLECTION
            return f"({column} IN {listed})" if strings else "NULL"
        scalar = self._places.place(name).scalar
        return f"({scalar} IN {listed})" if positive else _of_kind(scalar, f"{scalar} IN {listed}", strings=strings)


def _kind(one: Expression) -> str:
    match one:
        case Literal(bool()):
            return "other"
        case Literal(str()):
            return "text"
        case Literal(int() | float()):
            return "number"
        case _:
            return "other"


def _boolean(place: Place) -> str:
    return f"(CASE {place.other} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"


def _of_kind(scalar: str, condition: str, *, strings: bool) -> str:
    kinds = "= 'text'" if strings else "IN ('integer', 'real')"
    return f"(CASE WHEN typeof({scalar}) {kinds} THEN {condition} END)"


def _guarded(scalar: str, op: str, value: object, name: str, *, positive: bool) -> str:
    """Compare a scalar with a number or a string; SQLite puts every number before every string."""
    strings = isinstance(value, str)
    condition = f"{scalar} {op} {name}"
    if not positive:
        return _of_kind(scalar, condition, strings=strings)
    if op in (("<", "<=", "<>") if strings else (">", ">=", "<>")):
        return f"({condition} AND {scalar} {'>=' if strings else '<'} '')"
    return f"({condition})"
