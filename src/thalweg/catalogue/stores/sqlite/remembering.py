"""What versions of the past are found by, derived of their documents where these came without."""

from collections.abc import Mapping
from typing import Any

import apsw
import orjson

from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.stores.sqlite.bodies import Bodies
from thalweg.catalogue.stores.sqlite.chains import document_at
from thalweg.catalogue.stores.sqlite.items import columns_of
from thalweg.catalogue.stores.sqlite.preparing import kept_of
from thalweg.catalogue.times import times_of
from thalweg.sql.connections import Connections

UNKEPT = -1
"""In the place of the counter "wanted": none of the properties is kept beside the document."""
_AT_ONCE = 50
_POSITIONS = 10**9
"""A document that was taken once is not measured again."""
_MARK = "SELECT value FROM state WHERE name = 'remembered'"
_NEXT = "SELECT DISTINCT n FROM past WHERE n > ? ORDER BY n LIMIT ?"
_VERSIONS = "SELECT v FROM past WHERE n = ? AND t IS NULL ORDER BY v"
_FOUND_BY = """
UPDATE past SET t = ?3, lead = ?4, lag = ?5, west = ?6, south = ?7, east = ?8, north = ?9, shape = ?10,
                p = jsonb(?11), g = ?12
WHERE n = ?1 AND v = ?2
"""


def remember(connection: apsw.Connection, n: int, v: int, document: Mapping[str, Any]) -> None:
    """Write what a version of the past is found by; its properties are read in its document."""
    times, footprint = times_of(document["properties"]), None
    if document.get("geometry") is not None:
        footprint = footprint_of(document["geometry"], document["bbox"], _POSITIONS)
    kept, _ = kept_of(document, {})
    connection.execute(_FOUND_BY, (n, v, *columns_of(times, footprint), kept, UNKEPT))


def remember_all(connections: Connections, bodies: Bodies) -> None:
    """Go on with what a migration left to be derived; several may do so at once."""
    while True:
        with connections.writing() as connection:
            mark: int | None = connection.execute(_MARK).get
            if mark is None:
                return
            rows: Any = connection.execute(_NEXT, (mark, _AT_ONCE)).fetchall()
            for (n,) in rows:
                _remember(connection, bodies, n)
            if rows:
                connection.execute("UPDATE state SET value = ? WHERE name = 'remembered'", (rows[-1][0],))
            else:
                connection.execute("DELETE FROM state WHERE name = 'remembered'")


def _remember(connection: apsw.Connection, bodies: Bodies, n: int) -> None:
    rows: Any = connection.execute(_VERSIONS, (n,)).fetchall()
    for (v,) in rows:
        remember(connection, n, v, orjson.loads(document_at(connection, bodies, n, v)))
