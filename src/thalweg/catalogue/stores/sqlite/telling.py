"""What can be asked of Items, as those that the caller may see tell."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import apsw

from thalweg.catalogue.sightings import EVERY_KIND, Sighting, kind_named
from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.sightings import read
from thalweg.catalogue.stores.sqlite.spans import end_of
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.time import written
from thalweg.cql2.names import full

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 20_000
"""Of so many sightings all is told; of more, the Collections of a large catalogue together, names and kinds alone."""
_EVERY = " | ".join(f"max(kinds & {kind})" for kind in EVERY_KIND)


def queryables(connection: apsw.Connection, seen: Seen, c: int | None, collection: str | None) -> tuple[Queryable, ...]:
    """Return the queryables of a Collection, by its number and id, or of all Items."""
    bound = Bound()
    classes = "1" if seen.everything else f"substr({bound(seen.bitmap)}, item.k + 1, 1) = x'01'"
    within = "1" if c is None else f"item.c = {bound(c)}"
    ends = [end_of(connection, end, classes, within, bound.values) for end in ("least", "greatest")]
    first, last = (None if at is None else written(_EPOCH + timedelta(milliseconds=at)) for at in ends)
    own = (
        Queryable("id", "string", collection, Reach.INDEXED),
        Queryable("collection", "string", collection, Reach.INDEXED),
        Queryable("geometry", "geometry", collection, Reach.INDEXED),
        Queryable("datetime", "datetime", collection, Reach.INDEXED, first, last),
        Queryable("start_datetime", "datetime", collection, Reach.KEPT),
        Queryable("end_datetime", "datetime", collection, Reach.KEPT),
    )
    where = f"{within} AND {classes}"
    few: int = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM sighting AS item WHERE {where} LIMIT {_MOST + 1})",
        bound.values,
    ).get
    told = _told(connection, where, bound) if few <= _MOST else _named(connection, where, bound)
    reaches = _reaches(connection, c)
    found = [_queryable(full(name), sighting, Reach(reaches.get(q, 0)), collection) for q, name, sighting in told]
    return (*own, *sorted(found, key=lambda one: one.name))


def _told(connection: apsw.Connection, where: str, bound: Bound) -> Iterator[tuple[int, str, Sighting]]:
    rows: Any = connection.execute(
        f"SELECT item.q, name, kinds, low, high, few FROM sighting AS item JOIN property USING (q) WHERE {where}",
        bound.values,
    ).fetchall()
    several: dict[tuple[int, str], list[Sighting]] = {}
    for q, name, *columns in rows:
        several.setdefault((q, name), []).append(read(tuple(columns)))
    for (q, name), sightings in several.items():
        yield q, name, reduce(Sighting.joined, sightings)


def _named(connection: apsw.Connection, where: str, bound: Bound) -> Iterator[tuple[int, str, Sighting]]:
    sql = f"SELECT q, name, {_EVERY} FROM sighting AS item JOIN property USING (q) WHERE {where} GROUP BY q"
    rows: Any = connection.execute(sql, bound.values).fetchall()
    for q, name, kinds in rows:
        yield q, name, Sighting(kinds, None, None, None)


def _reaches(connection: apsw.Connection, c: int | None) -> dict[int, int]:
    if c is None:
        rows = connection.execute("SELECT q, min(reach) FROM queryable WHERE c > 0 GROUP BY q")
    else:
        rows = connection.execute("SELECT q, reach FROM queryable WHERE c = ?", (c,))
    return {int(q): int(reach) for q, reach in rows}


def _queryable(name: str, sighting: Sighting, reach: Reach, collection: str | None) -> Queryable:
    kind = kind_named(sighting.kinds)
    numeric = kind in {"integer", "number"}
    few = sorted(sighting.few or (), key=lambda value: (isinstance(value, str), value))
    return Queryable(
        name,
        kind,
        collection,
        reach,
        sighting.low if numeric else None,
        sighting.high if numeric else None,
        tuple(few) if kind in {"string", "integer", "number"} else (),
    )
