"""The books of Collections: taught by their first Items, and again as soon as their Items become others."""

from collections.abc import Sequence
from typing import Any

import apsw

from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.sqlite.bodies import (
    ENOUGH,
    NEWEST,
    QUICK,
    Bodies,
    Book,
    Packers,
    books,
    form_taught,
    keep,
    newest,
    taught,
)
from thalweg.sql.connections import Connections

_TRIED = 16
"""So many Items of a load tell how many of them fill in no form."""
_PATIENCE = 4
"""Each form that a Collection has makes it take so many times as many Items of another to look for a new one."""


class Bookkeeping:
    """What the documents of one store are packed by; asked by one thread at a time."""

    def __init__(self, connections: Connections, bodies: Bodies) -> None:
        self._connections = connections
        self._bodies = bodies
        self._packers = Packers(QUICK)
        self._books: dict[int, tuple[Book, ...]] = {}
        self._newest: dict[int, int] = {}
        self._unlike = dict[int, float]()
        self._tries: dict[int, int] = {}

    def of(self, connection: apsw.Connection, c: int) -> tuple[Book, ...]:
        """Return what a Collection's next documents are packed by: the same object while it is the same."""
        d = newest(connection, c)
        if c not in self._books or self._newest[c] != d:
            self._books[c], self._newest[c] = books(connection, c), d
        return self._books[c]

    def teach(self, c: int, items: Sequence[NewItem]) -> None:
        """Give books to a Collection that has none, or a form for Items that fill in none, once it has enough."""
        fresh = [item.body for item in items]
        if not self._books[c]:
            sample = self._sample(c, fresh)
            self._keep(c, [one for one in (form_taught(sample), taught(sample)) if one is not None])
        elif self._has_others(c, fresh):
            self._again(c, fresh)

    def _has_others(self, c: int, fresh: Sequence[bytes]) -> bool:
        """Tell whether enough Items came that fill in no form."""
        tried = fresh[:: max(1, len(fresh) // _TRIED)]
        unlike = sum(self._fills_none(c, body) for body in tried)
        self._unlike[c] = self._unlike.get(c, 0) + len(fresh) * unlike / len(tried)
        wanted: int = ENOUGH * _PATIENCE ** self._tries.get(c, 0)
        return self._unlike[c] >= wanted

    def _fills_none(self, c: int, body: bytes) -> bool:
        return not any(self._packers.fits(book, body) for book in self._books[c])

    def _again(self, c: int, fresh: list[bytes]) -> None:
        """Look for a form that Items fill in that do so with none: and others too, so that there are few forms."""
        self._unlike[c], self._tries[c] = 0, self._tries.get(c, 0) + 1
        with self._connections.reading() as connection:
            sample = fresh + self._held(connection, c)
        others = [body for body in sample if self._fills_none(c, body)]
        like = [body for body in sample if not self._fills_none(c, body)]
        for bodies in (others + like[: len(others)], others):
            form = form_taught(bodies)
            if form is not None and sum(self._packers.fits(form, body) for body in others) * 2 > len(others):
                self._keep(c, [form])
                return

    def _keep(self, c: int, new: Sequence[Book]) -> None:
        if new:
            with self._connections.writing() as connection:
                keep(connection, c, new, self._newest[c])

    def _sample(self, c: int, fresh: list[bytes]) -> list[bytes]:
        with self._connections.reading() as connection:
            held: int = connection.execute("SELECT coalesce(sum(n), 0) FROM tally WHERE c = ?", (c,)).get
            # Where the Items are too unlike, the next try waits for as many more.
            if held // ENOUGH == (held + len(fresh)) // ENOUGH:
                return []
            return fresh + self._held(connection, c)

    def _held(self, connection: apsw.Connection, c: int) -> list[bytes]:
        rows: Any = connection.execute(NEWEST, (c, ENOUGH)).fetchall()
        return [self._bodies.unpacked(connection, d, packed) for d, packed in rows]
