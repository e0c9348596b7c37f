"""What the Items of a Collection and a class were seen to have: kinds, ranges and few values of their properties."""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

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
C = TypeVar("C", bound=Hashable)
K = TypeVar("K", bound=Hashable)


class Kinds:
    """The kinds of a property's values, as bits; plain numbers, for all properties of all Items are looked at."""

    STRING = 1
    NUMBER = 2
    INTEGER = 4
    BOOLEAN = 8
    TIME = 16
    ARRAY = 32
    OBJECT = 64


EVERY_KIND = tuple(1 << place for place in range(7))
"""The bits of all kinds."""
_NUMERIC = Kinds.INTEGER | Kinds.NUMBER
_SCALAR, _EITHER = _NUMERIC | Kinds.STRING, Kinds.STRING | Kinds.TIME
_KINDS: Mapping[type, int] = {
    bool: Kinds.BOOLEAN, int: Kinds.INTEGER, float: Kinds.NUMBER, list: Kinds.ARRAY, dict: Kinds.OBJECT,
}  # fmt: skip
_NAMED: tuple[tuple[int, Kind], ...] = (
    (Kinds.TIME, "datetime"),
    (Kinds.STRING | Kinds.TIME, "string"),
    (Kinds.INTEGER, "integer"),
    (Kinds.INTEGER | Kinds.NUMBER, "number"),
    (Kinds.BOOLEAN, "boolean"),
    (Kinds.ARRAY, "array"),
)


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
        return Kinds.TIME if timely else Kinds.STRING
    return _KINDS.get(type(value), Kinds.OBJECT)


def kind_named(kinds: int) -> Kind:
    """Return what kinds have in common; ``string`` where they have nothing."""
    return next((name for among, name in _NAMED if kinds and not kinds & ~among), "string")


def gathered(
    items: Iterable[tuple[C, K, Mapping[str, Any]]], known: Mapping[tuple[C, K, str], Sighting]
) -> dict[tuple[C, K, str], Sighting]:
    """Return what Items, given as Collection, class and properties, show beyond what is known.

    Args:
        items: Collections and classes by whatever tells them apart.
        known: by Collection, class and name of a property.
    """
    alike: defaultdict[tuple[C, K, tuple[str, ...]], list[Iterable[Any]]] = defaultdict(list)
    for c, k, properties in items:
        alike[c, k, tuple(properties)].append(properties.values())
    columns: defaultdict[tuple[C, K], defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for (c, k, names), several in alike.items():
        of_class = columns[c, k]
        for name, column in zip(names, zip(*several, strict=True), strict=True):
            of_class[name].extend(column)
    found: dict[tuple[C, K, str], Sighting] = {}
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
        return not seen.kinds & Kinds.STRING
    if seen.kinds & _EITHER == _EITHER:
        return False
    kind = Kinds.TIME if _USUAL_TIME.fullmatch(text) else _EITHER
    return seen.kinds & kind != kind
