"""Items with all that they were, as another store kept it, and where a copy of them stands."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.copying import History, Remembers, Restores
from thalweg.catalogue.stores.sqlite import bodies, collections
from thalweg.catalogue.stores.sqlite.changes import Changes, Done, Taken
from thalweg.catalogue.stores.sqlite.items import Writing
from thalweg.catalogue.stores.sqlite.preparing import Prepared
from thalweg.catalogue.stores.sqlite.remembering import remember
from thalweg.core.events import Event
from thalweg.core.items import Version

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_NOW = "UPDATE item SET v = ?2, u = ?3 WHERE c = ?4 AND id = ?1 RETURNING n"
_PAST = "INSERT INTO past (n, v, k, since, until, d, z, c, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Restoring(Changes):
    """What takes Items over from another store."""

    def restore(self, items: Sequence[History], events: Sequence[Event]) -> None:
        """Take Items with their versions in the place of what is there of them, all or none."""

        def put(writing: Writing, ready: Sequence[Prepared | None]) -> Done[None]:
            collections.all_of(writing.connection, {one.item.collection for one in items})
            taken = list[Taken]()
            for one, made in zip(items, ready, strict=True):
                if made is not None:
                    _put(writing, one, made)
                    taken.append((made.c, writing.class_number(one.item.visibility_class), one.item))
            return Done(None, events, taken)

        self._written([one.item for one in items], put)

    def checkpoint(self, name: str) -> str | None:
        """Return what was kept under a name."""
        with self._connections.reading() as connection:
            kept: str | None = connection.execute("SELECT value FROM state WHERE name = ?", (_kept_as(name),)).get
            return kept

    def keep_checkpoint(self, name: str, state: str | None) -> None:
        """Keep a word under a name, or forget it."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM state WHERE name = ?", (_kept_as(name),))
            if state is not None:
                connection.execute("INSERT INTO state (name, value) VALUES (?, ?)", (_kept_as(name), state))


def _put(writing: Writing, one: History, made: Prepared) -> None:
    execute = writing.connection.execute
    there = writing.there(made.c, made.id)
    if there is not None:
        writing.remove(there, made.c, made.id)
    gone: Any = execute("SELECT n FROM gone WHERE c = ? AND id = ? AND n IS NOT NULL", (made.c, made.id)).get
    if gone is not None:
        execute("DELETE FROM past WHERE n = ?", (gone,))
    writing.insert(made, one.item.collection)
    now, *before = one.versions
    n: int = execute(_NOW, (made.id, now.number, _milliseconds(now.since), made.c)).get
    k = writing.class_number(one.item.visibility_class)
    for was, packed in _packed(one.item.body, before):
        since, until = _milliseconds(was.since), _milliseconds(was.until or now.since)
        execute(_PAST, (n, was.number, k, since, until, bodies.DELTA, packed, made.c, made.id))
        remember(writing.connection, n, was.number, orjson.loads(was.body or b"{}"))


def _packed(newer: bytes, before: Sequence[Version]) -> Iterator[tuple[Version, bytes]]:
    """Yield what an Item was, each told by the one after it; the time in which it was removed is a gap between them."""
    for was in before:
        if was.body is not None:
            yield was, bodies.delta(was.body, newer)
            newer = was.body


def _milliseconds(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND


def _kept_as(name: str) -> str:
    return f"checkpoint {name}"


if TYPE_CHECKING:
    _restores: type[Restores] = Restoring
    _remembers: type[Remembers] = Restoring
