"""What the Items of a Collection and a class were seen to have: kinds, ranges and few values of their properties."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from thalweg.core.queryables import Kind
from thalweg.cql2.moments import moment_of

FEW = 24
"""So many values of a property are told one by one."""
_LONGEST = 80
_SHORTEST_TIME = 10
ALWAYS = frozenset({"datetime", "start_datetime", "end_datetime"})
Place = tuple[int, int, str]
"""The numbers of a Collection and a class, and the name of a property."""


class Kinds:
    """The kinds of a property's values, as bits; plain numbers, for all properties of all Items are looked at."""

    STRING = 1
    NUMBER = 2
    INTEGER = 4
    BOOLEAN = 8
    TIME = 16
    ARRAY = 32
    OBJECT = 64


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
        kind = _kind_of(value)
        scalar = bool(kind & (Kinds.STRING | Kinds.NUMBER | Kinds.INTEGER))
        number = value if kind & (Kinds.NUMBER | Kinds.INTEGER) else None
        known = self.few is None or (scalar and value in self.few)
        within = number is None or (self.low is not None and self.high is not None and self.low <= number <= self.high)
        if self.kinds & kind and known and within:
            return self
        few = self.few if known else _more(self.few or frozenset(), value, scalar=scalar)
        return self.joined(replace(self, kinds=kind, low=number, high=number, few=few), few=few)

    def joined(self, other: "Sighting", *, few: frozenset[str | int | float] | None = None) -> "Sighting":
        """Return what both saw together."""
        if few is None and self.few is not None and other.few is not None:
            few = self.few | other.few
        lows = [one for one in (self.low, other.low) if one is not None]
        highs = [one for one in (self.high, other.high) if one is not None]
        return Sighting(
            self.kinds | other.kinds,
            min(lows, default=None),
            max(highs, default=None),
            None if few is None or len(few) > FEW or other.few is None else few,
        )


def _more(few: frozenset[str | int | float], value: Any, *, scalar: bool) -> frozenset[str | int | float] | None:  # noqa: ANN401 - JSON
    if not scalar or len(few) >= FEW or (isinstance(value, str) and len(value) > _LONGEST):
        return None
    return few | {value}


def _kind_of(value: Any) -> int:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        timely = len(value) >= _SHORTEST_TIME and value[4] == "-" and moment_of(value) is not None
        return Kinds.TIME if timely else Kinds.STRING
    return _KINDS.get(type(value), Kinds.OBJECT)


def kind_named(kinds: int) -> Kind:
    """Return what kinds have in common; ``string`` where they have nothing."""
    return next((name for among, name in _NAMED if kinds and not kinds & ~among), "string")


def gathered(
    items: Iterable[tuple[int, int, Mapping[str, Any]]], known: Mapping[Place, Sighting]
) -> dict[Place, Sighting]:
    """Return what Items, given as Collection, class and properties, show beyond what is known."""
    found: dict[Place, Sighting] = {}
    for c, k, properties in items:
        for name, value in properties.items():
            if value is None or name in ALWAYS:
                continue
            before = found.get((c, k, name)) or known.get((c, k, name)) or Sighting()
            after = before.with_value(value)
            if after is not before:
                found[c, k, name] = after
    return found
