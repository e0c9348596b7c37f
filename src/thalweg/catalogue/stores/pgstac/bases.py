"""What the Items of a Collection have in common, as pgstac keeps it: read once, for it never changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from thalweg.catalogue.stores.pgstac.bodies import Told
from thalweg.catalogue.stores.pgstac.connections import Connection

Base = Mapping[str, Any]
_MOST = 4096
_BASE = "SELECT pgstac.collection_base_item(coll.id, %(tag)s) FROM coll WHERE c = %(c)s"
_CURRENT = """
SELECT coll.id, coll.c, coll.key, one.base_item_id, one.base_item
FROM coll CROSS JOIN LATERAL pgstac.current_base_item(coll.id) one WHERE coll.id = ANY (%s) AND key IS NOT NULL
"""
_TAGS = _CURRENT.replace(", one.base_item\n", "\n")


@dataclass(frozen=True, slots=True)
class Current:
    """What new Items of a Collection are dehydrated against.

    Attributes:
        place: Collection, key of its partition and tag: of one place the base is always the same.
        base: made ready to be compared with Items.
    """

    place: tuple[int, int, int | None] = (0, 0, None)
    base: Mapping[str, Told] = field(default_factory=dict, compare=False, repr=False)

    @property
    def tag(self) -> int | None:
        """Return which of its Collection's bases it is."""
        return self.place[2]


NOTHING = Current()
"""Of a Collection that is not there."""


class Bases:
    """The bases by Collection, its partition and tag; an Item without a tag has its Collection's first."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int | None], Base] = {}
        self._current: dict[str, Current] = {}

    def known(self, c: int, key: int, tag: int | None) -> Base | None:
        """Return a base, if it was read before."""
        return self._known.get((c, key, tag))

    def of(self, connection: Connection, c: int, key: int, tag: int | None) -> Base:
        """Return a base; the key of the partition tells a Collection from one of the same name before it."""
        found = self._known.get((c, key, tag))
        if found is None:
            row = connection.execute(_BASE, {"c": c, "tag": tag}).fetchone()
            found = _read(row[0] if row else None)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[c, key, tag] = found
        return found

    def lately(self, collection: str) -> Current:
        """Return what new Items were dehydrated against the last time; it may have changed since."""
        return self._current.get(collection, NOTHING)

    def current(self, connection: Connection, collections: set[str]) -> dict[str, Current]:
        """Return what new Items of Collections are dehydrated against, as of this transaction."""
        tags = connection.execute(_TAGS, (sorted(collections),)).fetchall()
        known = {name: self.lately(name) for name, *_ in tags}
        stale = [name for name, *place in tags if known[name].place != tuple(place)]
        return {**known, **self._renewed(connection, stale)} if stale else known

    def _renewed(self, connection: Connection, collections: list[str]) -> dict[str, Current]:
        found = {
            name: Current((c, key, tag), Told.of(_read(raw)).members or {})
            for name, c, key, tag, raw in connection.execute(_CURRENT, (collections,)).fetchall()
        }
        if len(self._current) >= _MOST:
            self._current.clear()
        self._current.update(found)
        return found


def _read(raw: bytes | None) -> Base:
    """Read a base; what is null there says nothing."""
    if raw is None:
        return {}
    return {name: value for name, value in orjson.loads(raw).items() if value is not None}
