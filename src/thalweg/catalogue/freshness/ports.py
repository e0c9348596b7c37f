"""What freshness needs: a place for rules, for what was told, and for how assets are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from thalweg.catalogue.freshness.assets import Health
from thalweg.catalogue.freshness.rule import Rule
from thalweg.core.events import Event
from thalweg.core.queries import Token

Said = Literal["confirmed", "refused"]


@dataclass(frozen=True, slots=True)
class Statement:
    """What an operator said of the rule of a Collection; ``rule`` is the one confirmed."""

    state: Said
    rule: Rule | None
    by: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Walk:
    """How far the check of a Collection's assets has come.

    Attributes:
        place: where it goes on.
        left: so many Items were passed whose hosts want patience; they are looked at again soon.
    """

    number: int
    begun: datetime
    ended: datetime | None
    place: Token | None
    left: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many Items were checked, and how their assets are; ``checked`` is when the last of them was."""

    items: int = 0
    alive: int = 0
    dead: int = 0
    unsure: int = 0
    unchecked: int = 0
    checked: datetime | None = None

    def __add__(self, other: "Tally") -> "Tally":
        """Return both together."""
        known = [one for one in (self.checked, other.checked) if one is not None]
        return Tally(
            self.items + other.items,
            self.alive + other.alive,
            self.dead + other.dead,
            self.unsure + other.unsure,
            self.unchecked + other.unchecked,
            max(known, default=None),
        )


class Rules(Protocol):
    """What operators said, by Collection, and what was told by it."""

    def rule(self, collection: str) -> Statement | None:
        """Return what was said of a Collection's rule, if anything."""
        ...

    def confirmed(self) -> Sequence[str]:
        """Return the Collections whose rule is confirmed."""
        ...

    def say(self, collection: str, said: Statement, expected: int | None, events: Sequence[Event]) -> Statement:
        """Keep what an operator says; what was told by another rule is forgotten.

        Raises:
            PreconditionFailed: ``expected`` is not the version that is there, 0 for none.
        """
        ...

    def collections(self) -> Sequence[str]:
        """Return the Collections of which anything was said."""
        ...

    def latest(self) -> datetime | None:
        """Return when anything was said last."""
        ...

    def forget(self, collection: str, events: Sequence[Event], before: datetime | None = None) -> bool:
        """Forget what was said, and what was told, if it was before a time; tell whether there was anything."""
        ...

    def told(self, collection: str) -> frozenset[tuple[str, int]]:
        """Return of what an event told: series and times, an empty series for the Collection itself."""
        ...

    def tell(
        self,
        collection: str,
        new: Collection[tuple[str, int]],
        over: Collection[tuple[str, int]],
        events: Iterable[Event],
    ) -> None:
        """Write events, and of what they tell; ``over`` is no longer so and may be told again."""
        ...


class States(Protocol):
    """How assets are, as far as was checked."""

    def health(self, collection: str, item_id: str) -> Health | None:
        """Return how the assets of an Item were when they were checked last, if they were."""
        ...

    def healths(self, collection: str, item_ids: Sequence[str]) -> Mapping[str, Health]:
        """Return the same of several Items, by id."""
        ...

    def put(
        self, collection: str, walk: int, found: Mapping[str, Health], same: Sequence[str], events: Iterable[Event]
    ) -> None:
        """Keep how the assets of Items are, by id; ``same`` are Items that were passed without being checked again."""
        ...

    def dead(
        self, collection: str, classes: Collection[str] | None, after: str, limit: int
    ) -> Sequence[tuple[str, Health]]:
        """Return Items with dead assets, by id, from behind ``after`` on; ``classes`` are those seen, ``None`` all."""
        ...

    def tallies(self, collection: str) -> Mapping[str, Tally]:
        """Return sums by visibility class."""
        ...

    def collections(self) -> Sequence[str]:
        """Return the Collections of which anything is kept."""
        ...

    def forget(self, collection: str, item_ids: Sequence[str] | None, before: datetime) -> None:
        """Forget how Items are that were checked before a time; ``None`` for all, and how far the check has come."""
        ...

    def walk(self, collection: str) -> Walk | None:
        """Return how far the check has come."""
        ...

    def walked(self, collection: str, walk: Walk) -> None:
        """Keep how far the check has come; at its end, forget the Items that it did not meet."""
        ...
