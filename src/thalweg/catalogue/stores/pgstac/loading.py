"""Items in bulk: made ready before the turn to write, then each that can be taken is taken, all in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from thalweg.catalogue.ports import NewItem, id_taken, id_withheld
from thalweg.catalogue.sightings import Sighting, gathered
from thalweg.catalogue.stores.pgstac import items
from thalweg.catalogue.stores.pgstac.bases import Bases, Current
from thalweg.catalogue.stores.pgstac.collections import missing
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.items import Held, Known, Tallies
from thalweg.catalogue.stores.pgstac.rows import Ready, Row, ready, row_of
from thalweg.core.errors import ThalwegError
from thalweg.core.events import Event
from thalweg.core.items import Loaded, Outcome
from thalweg.core.principals import EVERYTHING, Visibility

Told = Callable[[Outcome, NewItem], Event]


@dataclass(frozen=True, slots=True)
class Given:
    """Items as far as they are ready before they are looked for.

    Attributes:
        items: as they came.
        ready: the same, or why one is refused.
        shown: what all of them show, by Collection, class and property.
    """

    items: Sequence[NewItem]
    ready: Sequence[Ready | ThalwegError]
    shown: Mapping[tuple[str, str, str], Sighting]

    @property
    def collections(self) -> set[str]:
        """Return the ids of their Collections."""
        return {item.collection for item in self.items}


def given(items_: Sequence[NewItem], bases: Bases) -> Given:
    """Make Items ready, by what their Collections said lately."""
    made = [_ready(item, bases) for item in items_]
    whole = [one for one in made if isinstance(one, Ready)]
    shown = gathered(((one.new.collection, one.new.visibility_class, one.properties) for one in whole), {})
    return Given(items_, made, shown)


def _ready(item: NewItem, bases: Bases) -> Ready | ThalwegError:
    try:
        return ready(item, bases.lately(item.collection))
    except ThalwegError as error:
        return error


@dataclass(slots=True)
class Load:
    """One bulk load within its transaction.

    Attributes:
        within: the Collections that are there.
        current: what they say of their Items.
        classes: the numbers of the Items' visibility classes.
        named: the name of any class.
        seen_by: what the caller may see; nothing takes the place of the rest.
        rows: what was written.
        changed: whether some of it took the place of what was there.
        events: of what was written, in the order of the Items.
    """

    connection: Connection
    bases: Bases
    within: Mapping[str, Held]
    current: Mapping[str, Current]
    classes: Mapping[str, int]
    named: Callable[[int], str]
    told: Told
    replacing: bool
    seen_by: Visibility = EVERYTHING
    tallies: Tallies = field(default_factory=Tallies)
    rows: list[Row] = field(default_factory=list)
    changed: bool = False
    events: list[Event] = field(default_factory=list)

    def take(self, made: Given) -> tuple[Loaded, ...]:
        """Take Items; of two of one id the second replaces the first."""
        answers: dict[int, Loaded] = {}
        for some in _rounds(made.items):
            answers.update(self._round(made, some))
        return tuple(answers[place] for place in range(len(made.items)))

    def seen(self, made: Given) -> dict[tuple[int, int, str], Sighting]:
        """Return what the Items that were taken show."""
        if len(self.rows) == len(made.items) and not self.changed:
            return {
                (self.within[collection].c, self.classes[name], shown): one
                for (collection, name, shown), one in made.shown.items()
            }
        return gathered(((row.c, row.k, row.properties) for row in self.rows), {})

    def _round(self, made: Given, numbers: Sequence[int]) -> dict[int, Loaded]:
        some = [made.items[number] for number in numbers]
        there = self._there(some)
        places = [(self.within[one.collection].c, one.id) for one in some if one.collection in self.within]
        were = items.last_versions(self.connection, places)
        new, changed, answers = list[Row](), list[Row](), dict[int, Loaded]()
        for number, item in zip(numbers, some, strict=True):
            known = there.get((item.collection, item.id))
            try:
                outcome = self._take(made.ready[number], item, known, were, new, changed)
            except ThalwegError as error:
                answers[number] = Loaded(number, item.id, "refused", error)
                continue
            answers[number] = Loaded(number, item.id, outcome)
            if outcome != "unchanged":
                self.events.append(self.told(outcome, self._as_it_is(item, known)))
        self._write(new, changed, there)
        return answers

    def _as_it_is(self, item: NewItem, known: Known | None) -> NewItem:
        """Return an Item with the class that it has: one that was there keeps its own."""
        if known is None or known.k == self.classes[item.visibility_class]:
            return item
        return replace(item, visibility_class=self.named(known.k))

    def _there(self, some: Sequence[NewItem]) -> dict[tuple[str, str], Known]:
        ids: dict[str, list[str]] = {}
        for item in some:
            ids.setdefault(item.collection, []).append(item.id)
        return {
            (collection, item_id): known
            for collection, asked in sorted(ids.items())
            if collection in self.within
            for item_id, known in items.known(
                self.connection, self.bases, collection, self.within[collection], asked
            ).items()
        }

    def _take(
        self,
        made: Ready | ThalwegError,
        item: NewItem,
        known: Known | None,
        were: Mapping[tuple[int, str], int],
        new: list[Row],
        changed: list[Row],
    ) -> Outcome:
        one = self.within.get(item.collection)
        if one is None:
            raise missing(item.collection)
        if isinstance(made, ThalwegError):
            raise made
        made = made.of(self.current[item.collection])
        if known is None:
            version = were.get((one.c, item.id), 0) + 1
            new.append(row_of(made, one.c, self.classes[item.visibility_class], version))
            return "registered"
        if not self.seen_by.everything and not self.seen_by.sees(self.named(known.k)):
            raise id_withheld(item.collection, item.id)
        if known.same(made.digest, made.body):
            return "unchanged"
        if not self.replacing:
            raise id_taken(item.collection, item.id, item.visibility_class)
        changed.append(row_of(made, one.c, known.k, known.v + 1, known.since))
        return "replaced"

    def _write(self, new: Sequence[Row], changed: Sequence[Row], there: Mapping[tuple[str, str], Known]) -> None:
        items.insert(self.connection, self.within, new, self.tallies)
        were = [(row.c, row.new.id, there[row.new.collection, row.new.id], row.at) for row in changed]
        if changed:
            items.keep_past(self.connection, were)
            items.update(self.connection, self.within, changed, self.tallies)
            self.changed = True
        self.rows += [*new, *changed]


def _rounds(given_: Sequence[NewItem]) -> list[list[int]]:
    """Return the places of Items, those of one id in rounds of their own."""
    rounds: list[list[int]] = []
    seen: dict[tuple[str, str], int] = {}
    for place, item in enumerate(given_):
        number = seen.get((item.collection, item.id), 0)
        seen[item.collection, item.id] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(place)
    return rounds
