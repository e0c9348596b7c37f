"""Which properties a rule of a Collection may name: those that its Items have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from thalweg.catalogue.freshness.presence import COUNTERS, PARTS
from thalweg.catalogue.freshness.rule import Rule
from thalweg.core.errors import InvalidParameter
from thalweg.core.queryables import Kind, Queryable

_TOLD = 60
_OF_EVERY_ITEM = frozenset({"id", "collection", "geometry", "datetime", "start_datetime", "end_datetime"})


@dataclass(frozen=True, slots=True)
class Choices:
    """Names of properties, those that are commonest for their use first.

    Attributes:
        parts: of which a key can be made: texts and whole numbers.
        counters: that can count cycles: whole numbers.
    """

    parts: tuple[str, ...]
    counters: tuple[str, ...]

    def check(self, rule: Rule) -> None:
        """Return quietly if a rule names nothing else.

        Raises:
            InvalidParameter: it does; told is what it may name.
        """
        unknown = next((name for name in rule.key if name not in self.parts), None)
        if unknown is not None:
            said = "no text and no whole number that the Items have; they can be told apart by"
            raise InvalidParameter("rule.key", f"{unknown} is {said} {_listed(self.parts)}")
        if rule.number and rule.number not in self.counters:
            said = "no whole number that the Items have; they can be counted by"
            raise InvalidParameter("rule.number", f"{rule.number} is {said} {_listed(self.counters)}")


def choices_of(queryables: Iterable[Queryable]) -> Choices:
    """Return what a rule may name, of what a Collection can be asked for.

    Where no Item is there yet, whatever is common: a plan may be said before the first comes.
    """
    there = {one.name: one.kind for one in queryables if one.name not in _OF_EVERY_ITEM}
    return Choices(
        _named(PARTS, there, ("string", "integer")),
        _named(COUNTERS, there, ("integer",)),
    )


def _named(common: tuple[str, ...], there: Mapping[str, Kind], kinds: tuple[Kind, ...]) -> tuple[str, ...]:
    first = [name for name in common if name in there or not there]
    return (*first, *(name for name, kind in there.items() if kind in kinds and name not in common))


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "") if names else "nothing"
