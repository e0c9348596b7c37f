"""What the Items of a Collection have in common, as pgstac keeps it: read once, for it never changes."""

from collections.abc import Mapping
from typing import Any

import orjson

from thalweg.catalogue.stores.pgstac.connections import Connection

Base = Mapping[str, Any]
_MOST = 4096
_BASE = "SELECT pgstac.collection_base_item(coll.id, %(tag)s) FROM coll WHERE c = %(c)s"
_CURRENT = """
SELECT one.base_item_id, one.base_item FROM coll CROSS JOIN LATERAL pgstac.current_base_item(coll.id) one WHERE c = %s
"""


class Bases:
    """The bases by Collection, its partition and tag; an Item without a tag has its Collection's first."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int | None], Base] = {}

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


def current(connection: Connection, c: int) -> tuple[int | None, Base]:
    """Return the tag and the base that new Items of a Collection are dehydrated against, as of this transaction."""
    row = connection.execute(_CURRENT, (c,)).fetchone()
    return (row[0], _read(row[1])) if row else (None, {})


def _read(raw: bytes | None) -> Base:
    """Read a base; what is null there says nothing."""
    if raw is None:
        return {}
    return {name: value for name, value in orjson.loads(raw).items() if value is not None}
