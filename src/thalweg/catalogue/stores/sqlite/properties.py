"""The properties of Items by number: what is kept of them where, and what Items were seen to have."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import apsw
import orjson

from thalweg.core.queryables import Reach

MOST = 500
"""So many properties of a Collection are told apart; of more its documents are asked."""
BEYOND = 0
"""The number that stands for all properties beyond ``MOST``."""
WELL_KNOWN: Mapping[str, Reach] = {
    "eo:cloud_cover": Reach.INDEXED,
    **dict.fromkeys(
        (
            "constellation",
            "eo:snow_cover",
            "grid:code",
            "gsd",
            "instruments",
            "landsat:wrs_path",
            "landsat:wrs_row",
            "mission",
            "platform",
            "processing:level",
            "proj:code",
            "proj:epsg",
            "sar:instrument_mode",
            "sar:polarizations",
            "sat:orbit_state",
            "sat:relative_orbit",
            "thalweg:job",
            "updated",
        ),
        Reach.KEPT,
    ),
}
"""What is kept of every Collection's Items without being told to: what most are searched by, small and often there."""

_ADD = "INSERT INTO property (name) VALUES (?) ON CONFLICT DO NOTHING"
_OF_COLLECTION = """
SELECT property.name, queryable.q, queryable.wanted FROM queryable JOIN property USING (q)
WHERE queryable.c = ? AND queryable.wanted > 0
"""


def generation(connection: apsw.Connection) -> int:
    """Return a number that is another as soon as something else is to be kept of Items."""
    number: int = connection.execute("SELECT value FROM state WHERE name = 'wanted'").get
    return number


def changed(connection: apsw.Connection) -> None:
    """Make all who prepare Items look again."""
    connection.execute("UPDATE state SET value = value + 1 WHERE name = 'wanted'")


def number_of(connection: apsw.Connection, name: str) -> int | None:
    """Return the number of a property; nothing where no Item was ever seen to have it."""
    number: int | None = connection.execute("SELECT q FROM property WHERE name = ?", (name,)).get
    return number


def numbered(connection: apsw.Connection, names: Iterable[str]) -> dict[str, int]:
    """Return the numbers of properties that have one."""
    listed = orjson.dumps(sorted(set(names))).decode()
    rows = connection.execute("SELECT name, q FROM property WHERE name IN (SELECT value FROM json_each(?))", (listed,))
    return {str(name): int(q) for name, q in rows}


def wanted(connection: apsw.Connection, c: int) -> dict[str, tuple[int, int]]:
    """Return what is to be kept of a Collection's Items: numbers and reaches by name."""
    return {str(name): (int(q), int(reach)) for name, q, reach in connection.execute(_OF_COLLECTION, (c,))}


def add(connection: apsw.Connection, c: int, names: Sequence[str]) -> None:
    """Make properties known in a Collection, each with the reach it has by itself, as far as there is room."""
    known: int = connection.execute("SELECT count(*) FROM queryable WHERE c = ?", (c,)).get
    room = max(0, MOST - known)
    keeps = False
    for name in names[:room]:
        connection.execute(_ADD, (name,))
        q: int = connection.execute("SELECT q FROM property WHERE name = ?", (name,)).get
        reach: Any = connection.execute("SELECT wanted FROM queryable WHERE q = ? AND c = 0", (q,)).get
        if reach is None:
            reach = WELL_KNOWN.get(name, Reach.SEEN)
        _put(connection, q, c, int(reach))
        keeps = keeps or reach > Reach.SEEN
    if names[room:]:
        _put(connection, BEYOND, c, Reach.SEEN)
    if keeps:
        changed(connection)


def _put(connection: apsw.Connection, q: int, c: int, reach: int) -> None:
    sql = "INSERT INTO queryable (q, c, reach, wanted) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    connection.execute(sql, (q, c, reach, reach))


def names(connection: apsw.Connection, c: int) -> set[str]:
    """Return the names of all properties of a Collection's Items that are told apart."""
    sql = "SELECT name FROM queryable JOIN property USING (q) WHERE c = ?"
    return {str(name) for (name,) in connection.execute(sql, (c,))}


def given(connection: apsw.Connection, name: str) -> int:
    """Return the number of a property, given now where it had none."""
    connection.execute(_ADD, (name,))
    q: int = connection.execute("SELECT q FROM property WHERE name = ?", (name,)).get
    return q


def beyond(connection: apsw.Connection, c: int) -> bool:
    """Tell whether a Collection's Items have more properties than are told apart."""
    return connection.execute("SELECT 1 FROM queryable WHERE q = ? AND c = ?", (BEYOND, c)).get is not None


def moving(connection: apsw.Connection) -> set[tuple[int, int, int]]:
    """Return what is being declared, or was when somebody died: property, Collection, and the reach that is wanted."""
    rows: Any = connection.execute("SELECT q, c, wanted FROM queryable WHERE reach <> wanted").fetchall()
    return set(rows)


def reached(connection: apsw.Connection, done: Iterable[tuple[int, int, int]]) -> None:
    """Let readers go by what is declared: property, Collection, and the reach that was wanted and still is."""
    # Versions that end from now on have it kept; those before are told apart by the number that changes here.
    changed(connection)
    connection.executemany(
        "UPDATE queryable SET reach = wanted, g = (SELECT value FROM state WHERE name = 'wanted')"
        " WHERE q = ? AND c = ? AND wanted = ?",
        list(done),
    )
