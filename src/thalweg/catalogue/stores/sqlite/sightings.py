"""What Items were seen to have, as rows: a property of a Collection's Items of a class is one."""

from collections.abc import Mapping
from typing import Any

import apsw
import orjson

from thalweg.catalogue.sightings import Sighting
from thalweg.catalogue.stores.sqlite.preparing import bindable

Place = tuple[int, int, str]
"""The numbers of a Collection and a class, and the name of a property."""
_MERGE = """
INSERT INTO sighting (c, q, k, kinds, low, high, few) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET kinds = excluded.kinds, low = excluded.low, high = excluded.high, few = excluded.few
"""


def stored(connection: apsw.Connection, c: int) -> dict[Place, Sighting]:
    """Return what is known of a Collection's Items."""
    rows: Any = connection.execute(
        "SELECT sighting.c, k, name, kinds, low, high, few FROM sighting JOIN property USING (q) WHERE sighting.c = ?",
        (c,),
    )
    return {(row[0], row[1], row[2]): read(row[3:]) for row in rows}


def read(row: tuple[Any, ...]) -> Sighting:
    """Return a sighting of its columns."""
    kinds, low, high, few = row
    return Sighting(kinds, low, high, None if few is None else frozenset(orjson.loads(few)))


def write(connection: apsw.Connection, found: Mapping[Place, Sighting], numbers: Mapping[str, int]) -> None:
    """Add what was seen to what others wrote; properties without a number are beyond what is told apart."""
    for (c, k, name), sighting in found.items():
        q = numbers.get(name)
        if q is None:
            continue
        row: Any = connection.execute(
            "SELECT kinds, low, high, few FROM sighting WHERE c = ? AND q = ? AND k = ?", (c, q, k)
        ).get
        seen = sighting if row is None else sighting.joined(read(row))
        few = None if seen.few is None else orjson.dumps(sorted(seen.few, key=_order)).decode()
        low, high = (None if end is None else bindable(end) for end in (seen.low, seen.high))
        connection.execute(_MERGE, (c, q, k, seen.kinds, low, high, few))


def _order(value: str | float) -> tuple[bool, Any]:
    return isinstance(value, str), value
