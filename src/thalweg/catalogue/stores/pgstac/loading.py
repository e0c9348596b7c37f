"""Items in bulk: each that can be taken is taken, all in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases
from thalweg.catalogue.stores.pgstac.collections import missing
from thalweg.catalogue.stores.pgstac.connections import Again, Connection
from thalweg.catalogue.stores.pgstac.items import Held, Known, Tallies
from thalweg.catalogue.stores.pgstac.rows import Row, row_of
from thalweg.core.errors import Conflict, ThalwegError
from thalweg.core.events import Event
from thalweg.core.items import Loaded, Outcome

Told = Callable[[Outcome, NewItem], Event]


@dataclass(slots=True)
class Load:
    """One bulk load within its transaction.

    Attributes:
        classes: the numbers of the Items' visibility classes.
        rows: what was written.
        events: of what was written, in the order of the Items.
    """

    connection: Connection
    bases: Bases
    within: Mapping[str, Held]
    classes: Mapping[str, int]
    told: Told
    replacing: bool
    tallies: Tallies = field(default_factory=Tallies)
    rows: list[Row] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def take(self, given: Sequence[NewItem]) -> tuple[Loaded, ...]:
        """Take Items; of two of one id the second replaces the first."""
        answers: dict[int, Loaded] = {}
        for some in _rounds(given):
            answers.update(self._round(some))
        return tuple(answers[place] for place in range(len(given)))

    def _round(self, given: Sequence[tuple[int, NewItem]]) -> dict[int, Loaded]:
        there = self._there(item for _, item in given)
        places = [(self.within[item.collection].c, item.id) for _, item in given if item.collection in self.within]
        were = items.last_versions(self.connection, places)
        new, changed, answers = list[Row](), list[Row](), dict[int, Loaded]()
        for place, item in given:
            known = there.get((item.collection, item.id))
            try:
                outcome = self._take(item, known, were, new, changed)
            except ThalwegError as error:
                answers[place] = Loaded(place, item.id, "refused", error)
                continue
            answers[place] = Loaded(place, item.id, outcome)
            if outcome != "unchanged":
                self.events.append(self.told(outcome, item))
        self._write(new, changed, there)
        return answers

    def _there(self, given: Iterable[NewItem]) -> dict[tuple[str, str], Known]:
        ids: dict[str, list[str]] = {}
        for item in given:
            ids.setdefault(item.collection, []).append(item.id)
        return {
            (collection, item_id): known
            for collection, some in sorted(ids.items())
            if collection in self.within
            for item_id, known in items.known(
                self.connection, self.bases, collection, self.within[collection], some
            ).items()
        }

    def _take(
        self,
        item: NewItem,
        known: Known | None,
        were: Mapping[tuple[int, str], int],
        new: list[Row],
        changed: list[Row],
    ) -> Outcome:
        one = self.within.get(item.collection)
        if one is None:
            raise missing(item.collection)
        if known is None:
            version = were.get((one.c, item.id), 0) + 1
            new.append(row_of(item, one.c, self.classes[item.visibility_class], version))
            return "registered"
        row = row_of(item, one.c, known.k, known.v + 1)
        if row.body == known.body:
            return "unchanged"
        if not self.replacing:
            raise Conflict(f"The Collection {item.collection!r} has an Item {item.id!r} already.")
        changed.append(row)
        return "replaced"

    def _write(self, new: Sequence[Row], changed: Sequence[Row], there: Mapping[tuple[str, str], Known]) -> None:
        if new:
            taken = items.insert(self.connection, self.within, new, self.tallies)
            if len(taken) < len(new):
                raise Again  # another took one of them a moment ago
        were = [(row.c, row.new.id, there[row.new.collection, row.new.id]) for row in changed]
        if changed:
            items.keep_past(self.connection, were, changed[0].at)
            items.update(self.connection, self.within, changed, self.tallies)
        self.rows += [*new, *changed]


def _rounds(given: Sequence[NewItem]) -> list[list[tuple[int, NewItem]]]:
    """Return Items with their places, those of one id in rounds of their own."""
    rounds: list[list[tuple[int, NewItem]]] = []
    seen: dict[tuple[str, str], int] = {}
    for place, item in enumerate(given):
        number = seen.get((item.collection, item.id), 0)
        seen[item.collection, item.id] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append((place, item))
    return rounds
