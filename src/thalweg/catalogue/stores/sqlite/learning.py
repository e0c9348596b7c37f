"""What a store learns of the Items it takes: what packs them, the numbers of properties, what is seen of values."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import apsw

from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.sightings import ALWAYS, Sighting, gathered
from thalweg.catalogue.stores.sqlite import collections, properties, sightings
from thalweg.catalogue.stores.sqlite.bodies import Bodies
from thalweg.catalogue.stores.sqlite.bookkeeping import Bookkeeping
from thalweg.catalogue.stores.sqlite.preparing import Known, document_of
from thalweg.catalogue.stores.sqlite.sightings import Place
from thalweg.sql.connections import Connections

_MOST_REMEMBERED = 50_000


class Learning:
    """The knowledge of one store, remembered as long as no other changes it."""

    def __init__(self, connections: Connections, bodies: Bodies) -> None:
        self._connections = connections
        self._books = Bookkeeping(connections, bodies)
        self._lock = threading.Lock()
        self._generation = -1
        self._known: dict[str, Known] = {}
        self._names: dict[int, set[str]] = {}
        self._sightings: dict[Place, Sighting] = {}

    def known(self, items: Sequence[NewItem]) -> tuple[int, dict[str, Known]]:
        """Return what Items of these Collections are made ready by, and the generation of what is to be kept.

        Properties that are new get their numbers now, and Collections that have learnt enough their books.
        Collections that are not there are left out.
        """
        by_collection: dict[str, list[NewItem]] = {}
        for item in items:
            by_collection.setdefault(item.collection, []).append(item)
        with self._lock:
            return self._learnt(by_collection)

    def _learnt(self, by_collection: Mapping[str, list[NewItem]]) -> tuple[int, dict[str, Known]]:
        with self._connections.reading() as connection:
            self._look_again(connection)
            self._load(connection, by_collection)
        for name, several in by_collection.items():
            if name in self._known:
                self._books.teach(self._known[name].c, several)
                self._number(self._known[name].c, several)
        with self._connections.reading() as connection:
            self._look_again(connection)
            self._load(connection, by_collection)
            return self._generation, {name: self._known[name] for name in by_collection if name in self._known}

    def _look_again(self, connection: apsw.Connection) -> None:
        generation = properties.generation(connection)
        if generation != self._generation or len(self._sightings) > _MOST_REMEMBERED:
            self._known, self._names, self._sightings = {}, {}, {}
            self._generation = generation

    def _load(self, connection: apsw.Connection, names: Mapping[str, Any]) -> None:
        for name, c in collections.numbers(connection, names).items():
            books = self._books.of(connection, c)
            known = self._known.get(name)
            if known is None or known.books is not books:
                self._known[name] = Known(c, books, properties.wanted(connection, c))
            if c not in self._names:
                self._names[c] = properties.names(connection, c)
                self._sightings.update(sightings.stored(connection, c))

    def _number(self, c: int, items: Sequence[NewItem]) -> None:
        """Give numbers to the properties that the Items are the first to have."""
        names = self._names[c]
        found = {name: None for item in items for name in document_of(item)["properties"] if name not in names}
        new = [name for name in found if name not in ALWAYS]
        names.update(ALWAYS)
        if new:
            with self._connections.writing() as connection:
                properties.add(connection, c, new)
            names.update(new)
            self._known = {name: known for name, known in self._known.items() if known.c != c}

    def gathered(self, items: Sequence[tuple[int, int, NewItem]]) -> dict[Place, Sighting]:
        """Return what Items, each with the numbers of its Collection and class, show that nobody saw before."""
        return gathered(((c, k, document_of(item)["properties"]) for c, k, item in items), self._sightings)

    def remember(self, found: Mapping[Place, Sighting]) -> None:
        """Take what was written for known."""
        self._sightings.update(found)
