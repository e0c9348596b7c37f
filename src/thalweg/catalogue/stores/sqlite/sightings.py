"""What the Items of a Collection and a class were seen to have: kinds, ranges and few values of their properties."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntFlag
from itertools import islice
from typing import Any

import apsw
import orjson

from thalweg.catalogue.stores.sqlite.preparing import bindable
from thalweg.core.queryables import Kind
from thalweg.cql2.moments import moment_of

FEW = 24
"""So many values of a property are told one by one."""
_LONGEST = 80
_SHORTEST_TIME, _DASH = 10, 4
_NUMBERS, _TEXT, _LIST = frozenset({int, float}), frozenset({str}), frozenset({list})
_USUAL_TIME = re.compile(
    r"(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?Z", re.ASCII
)
ALWAYS = frozenset({"datetime", "start_datetime", "end_datetime"})
"""Every Item may have them; what they are is known without looking."""
Place = tuple[int, int, str]
"""The numbers of a Collection and a class, and the name of a property."""


class Kinds(IntFlag):
    """The kinds of a property's values."""

    STRING = 1
    NUMBER = 2
    INTEGER = 4
    BOOLEAN = 8
    TIME = 16
    ARRAY = 32
    OBJECT = 64


# Numbers, for flags reckon a hundred times slower.
_STRING, _TIME, _OBJECT = (kind.value for kind in (Kinds.STRING, Kinds.TIME, Kinds.OBJECT))
_NUMERIC = (Kinds.INTEGER | Kinds.NUMBER).value
_SCALAR, _EITHER = _NUMERIC | _STRING, _STRING | _TIME
_KINDS: Mapping[type, int] = {
    bool: Kinds.BOOLEAN.value, int: Kinds.INTEGER.value, float: Kinds.NUMBER.value, list: Kinds.ARRAY.value,
    dict: _OBJECT,
}  # fmt: skip
_NAMED: tuple[tuple[Kinds, Kind], ...] = (
    (Kinds.TIME, "datetime"),
    (Kinds.STRING | Kinds.TIME, "string"),
    (Kinds.INTEGER, "integer"),
    (Kinds.INTEGER | Kinds.NUMBER, "number"),
    (Kinds.BOOLEAN, "boolean"),
    (Kinds.ARRAY, "array"),
)
_MERGE = """
INSERT INTO sighting (c, q, k, kinds, low, high, few) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET kinds = excluded.kinds, low = excluded.low, high = excluded.high, few = excluded.few
"""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was seen of one property; ``few`` is ``None`` where its values are many."""

    kinds: int = 0
    low: float | None = None
    high: float | None = None
    few: frozenset[str | int | float] | None = frozenset()

    def with_value(self, value: Any) -> "Sighting":  # noqa: ANN401 - JSON
        """Return what was seen after one more value; itself where that tells nothing new."""
        seen = self
        kind = _kind_of(value)
        if not self.kinds & kind:
            seen = replace(seen, kinds=self.kinds | kind)
        if kind & _NUMERIC:
            if seen.low is None or value < seen.low:
                seen = replace(seen, low=value)
            if seen.high is None or value > seen.high:
                seen = replace(seen, high=value)
        scalar = kind & _SCALAR
        if seen.few is not None and (not scalar or value not in seen.few):
            seen = replace(seen, few=_more(seen.few, value) if scalar else None)
        return seen

    def with_values(self, values: Sequence[Any]) -> "Sighting":
        """Return what was seen after more values; itself where they tell nothing new."""
        seen = self
        for value in _telling(values, self):
            seen = seen.with_value(value)
        return seen

    def joined(self, other: "Sighting") -> "Sighting":
        """Return what both saw together."""
        few = None if self.few is None or other.few is None else self.few | other.few
        lows = [one for one in (self.low, other.low) if one is not None]
        highs = [one for one in (self.high, other.high) if one is not None]
        return Sighting(
            self.kinds | other.kinds,
            min(lows, default=None),
            max(highs, default=None),
            None if few is None or len(few) > FEW else few,
        )


def _more(few: frozenset[str | int | float], value: str | float) -> frozenset[str | int | float] | None:
    if len(few) >= FEW or (isinstance(value, str) and len(value) > _LONGEST):
        return None
    return few | {value}


def _kind_of(value: Any) -> int:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        timely = len(value) >= _SHORTEST_TIME and value[_DASH] == "-" and moment_of(value) is not None
        return _TIME if timely else _STRING
    return _KINDS.get(type(value), _OBJECT)


def kind_named(kinds: int) -> Kind:
    """Return what kinds have in common; ``string`` where they have nothing."""
    return next((name for among, name in _NAMED if kinds and not kinds & ~among), "string")


def gathered(
    items: Iterable[tuple[int, int, Mapping[str, Any]]], known: Mapping[Place, Sighting]
) -> dict[Place, Sighting]:
    """Return what Items, given as Collection, class and properties, show beyond what is known."""
    columns: dict[tuple[int, int], defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for c, k, properties in items:
        of_class = columns[c, k]
        for name, value in properties.items():
            of_class[name].append(value)
    found: dict[Place, Sighting] = {}
    nothing = Sighting()
    for (c, k), of_class in columns.items():
        for name, values in of_class.items():
            before = known.get((c, k, name), nothing)
            after = before if name in ALWAYS else before.with_values(values)
            if after is not before:
                found[c, k, name] = after
    return found


def _telling(values: Sequence[Any], seen: Sighting) -> Iterable[Any]:
    """Return those values of one property that may tell what the others do not: of a thousand, few."""
    kinds = set(map(type, values))
    if kinds <= _NUMBERS:
        distinct = () if seen.few is None else islice(dict.fromkeys(values), FEW + 1)
        each = values[:1] if len(kinds) == 1 else {type(value): value for value in values}.values()
        return [min(values), max(values), *each, *distinct]
    if kinds == _TEXT:
        return [text for text in dict.fromkeys(values) if _may_tell(text, seen)]
    if kinds == _LIST:
        return values[:1]
    return [value for value in values if value is not None]


def _may_tell(text: str, seen: Sighting) -> bool:
    if seen.few is not None:
        return text not in seen.few
    if text[_DASH : _DASH + 1] != "-":
        return not seen.kinds & _STRING
    if seen.kinds & _EITHER == _EITHER:
        return False
    kind = _TIME if _USUAL_TIME.fullmatch(text) else _EITHER
    return seen.kinds & kind != kind


def stored(connection: apsw.Connection, c: int) -> dict[Place, Sighting]:
    """Return what is known of a Collection's Items."""
    rows: Any = connection.execute(
        "SELECT sighting.c, k, name, kinds, low, high, few FROM sighting JOIN property USING (q) WHERE sighting.c = ?",
        (c,),
    )
    return {(row[0], row[1], row[2]): read(row[3:]) for row in rows}


def read(row: tuple[Any, ...]) -> Sighting:
    """Return a sighting of its columns."""
    kinds, low, high, few = row
    return Sighting(kinds, low, high, None if few is None else frozenset(orjson.loads(few)))


def write(connection: apsw.Connection, found: Mapping[Place, Sighting], numbers: Mapping[str, int]) -> None:
    """Add what was seen to what others wrote; properties without a number are beyond what is told apart."""
    for (c, k, name), sighting in found.items():
        q = numbers.get(name)
        if q is None:
            continue
        row: Any = connection.execute(
            "SELECT kinds, low, high, few FROM sighting WHERE c = ? AND q = ? AND k = ?", (c, q, k)
        ).get
        seen = sighting if row is None else sighting.joined(read(row))
        few = None if seen.few is None else orjson.dumps(sorted(seen.few, key=_order)).decode()
        low, high = (None if end is None else bindable(end) for end in (seen.low, seen.high))
        connection.execute(_MERGE, (c, q, k, seen.kinds, low, high, few))


def _order(value: str | float) -> tuple[bool, Any]:
    return isinstance(value, str), value
