"""Where the value of a property stands in the tables of Items, and how fast it is there."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from thalweg.catalogue.stores.sqlite.properties import BEYOND, number_of
from thalweg.catalogue.stores.sqlite.rings import wkb_of
from thalweg.core.geometry import BBox
from thalweg.core.queryables import Reach
from thalweg.cql2.grounds import plane, together
from thalweg.cql2.lookups import INSTANTS
from thalweg.cql2.moments import Times, times_of

Read = Callable[[Any], Any]
DATETIME = "(item.t * 1000 + ifnull(item.p ->> 'u', 0))"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOMETHING = object()
"""Is there, and compares with nothing."""
_GROUND = ("west", "south", "east", "north", "shape")
COLLECTION = "(SELECT coll.id FROM coll WHERE coll.c = item.c)"
DOCUMENT = "(SELECT of_document({number}, doc.d, doc.z) FROM doc WHERE doc.n = item.n)"


@dataclass(frozen=True, slots=True)
class Place:
    """A property in the tables.

    Attributes:
        q: its number; nothing for what is no property of ``properties``, or none that was ever seen.
        columns: what SQL hands to a function that reads it.
        fast: whether some of the Items in question have it kept.
        slow: the condition by which the others, whose documents are asked, are known; nothing where there are none.
        indexed: whether all of the Items in question that have it are in the table val.
        document: how SQL has a document read by a function of a number.
    """

    name: str
    q: int | None = None
    columns: tuple[str, ...] = ()
    fast: bool = True
    slow: str | None = None
    indexed: bool = False
    document: str = DOCUMENT

    @property
    def scalar(self) -> str:
        """Return its number or string in SQL; NULL where it is of another kind."""
        return "NULL" if self.q is None else f"(item.p ->> '{self.q}')"

    @property
    def other(self) -> str:
        """Return what is no number and no string, as the text of its JSON."""
        return "NULL" if self.q is None else f"(item.p -> '{self.q}j')"


def short_of(name: str) -> str:
    """Return the name of a property without the member it stands in."""
    return name.removeprefix("properties.")


class Places:
    """Finds places for one query: among the Items of some Collections, or of all."""

    document = DOCUMENT

    def __init__(self, connection: apsw.Connection, collections: Sequence[int] | None) -> None:
        self._connection = connection
        self._listed = None if collections is None else orjson.dumps(list(collections)).decode()
        self._found: dict[str, Place] = {}
        self.slow: set[str] = set()

    def place(self, name: str) -> Place:
        """Return where a property stands."""
        if name not in self._found:
            self._found[name] = self._place(name)
        found = self._found[name]
        if found.slow is not None:
            self.slow.add(short_of(name))
        return found

    def _place(self, name: str) -> Place:
        if name == "id":
            return Place(name, columns=("item.id",))
        if name == "collection":
            return Place(name, columns=(COLLECTION,))
        if name == "geometry":
            return Place(name, columns=tuple(f"item.{side}" for side in _GROUND))
        short = short_of(name)
        if short in INSTANTS:
            return Place(name, columns=(DATETIME, "(item.p ->> 'z')", "(item.p ->> 's')", "(item.p ->> 'e')"))
        return self._of_property(name, number_of(self._connection, short))

    def _of_property(self, name: str, q: int | None) -> Place:
        among = f"q IN ({BEYOND}, {q})" if q is not None else f"q = {BEYOND}"
        unkept = f"SELECT c FROM queryable WHERE {among} AND reach = {Reach.SEEN:d}"
        slow = self._any(f"{unkept} AND c > 0")
        fast = not slow or (q is not None and self._any(self._reaching(q, f">= {Reach.KEPT:d}")))
        unindexed = slow or (q is not None and self._any(self._reaching(q, f"< {Reach.INDEXED:d}")))
        columns = (f"ifnull(item.p ->> '{q}', CAST(item.p -> '{q}j' AS BLOB))",) if q is not None else ("NULL",)
        return Place(name, q, columns, fast, f"item.c IN ({unkept})" if slow else None, q is not None and not unindexed)

    def _reaching(self, q: int, reach: str) -> str:
        return f"SELECT c FROM queryable WHERE q = {q} AND reach {reach} AND c > 0"

    def _any(self, sql: str) -> bool:
        if self._listed is None:
            return self._connection.execute(f"{sql} LIMIT 1").get is not None
        within = f"{sql} AND c IN (SELECT value FROM json_each(?)) LIMIT 1"
        return self._connection.execute(within, (self._listed,)).get is not None


@dataclass(frozen=True, slots=True)
class RowLookup:
    """Reads properties from the values that SQL hands to a function; a document is their tuple."""

    offsets: dict[str, int] = field(default_factory=dict)

    def written(self, name: str) -> Read:
        """Return the reader of what the document has there."""
        at, short = self.offsets[name], short_of(name)
        if name == "geometry":
            return lambda row: None if row[at] is None else _SOMETHING
        if short == "datetime":
            return lambda row: None if row[at + 1] else row[at]
        if short in INSTANTS:
            place = at + (2 if short == "start_datetime" else 3)
            return lambda row: row[place]
        return lambda row: _value(row[at])

    def scalar(self, name: str) -> Read:
        """Return the reader of the value that is compared."""
        at, short = self.offsets[name], short_of(name)
        if short not in INSTANTS:
            return self.written(name)
        if short != "datetime":
            place = at + (2 if short == "start_datetime" else 3)
            return lambda row: _moment(row[place])
        return lambda row: _moment(row[at + 2] if row[at + 1] else row[at])

    def times(self, name: str) -> Callable[[Any], Times | None]:
        """Return the reader of the time that temporal operators take."""
        at, short = self.offsets[name], short_of(name)
        if short not in INSTANTS:
            return lambda row: times_of(_value(row[at]))
        if short != "datetime":
            place = at + (2 if short == "start_datetime" else 3)
            return lambda row: None if row[place] is None else Times(row[place], row[place])
        return lambda row: _span(row[at : at + 4])

    def ground(self, name: str) -> Callable[[Any], BaseGeometry | None]:
        """Return the reader of the geometry that spatial operators take."""
        if name != "geometry":
            return lambda _: None
        at = self.offsets[name]
        return lambda row: _ground(row[at : at + 5])


def _value(held: Any) -> Any:  # noqa: ANN401 - JSON
    return orjson.loads(held) if isinstance(held, bytes) else held


def _moment(held: int | None) -> datetime | None:
    return None if held is None else _EPOCH + timedelta(microseconds=held)


def _span(held: Sequence[int | None]) -> Times | None:
    at, null, start, end = held
    if not null and at is not None:
        return Times(at, at)
    return None if start is None or end is None else Times(start, end)


def _ground(held: Sequence[Any]) -> BaseGeometry | None:
    west, south, east, north, shape = held
    if west is None:
        return None
    if shape is None:
        return plane(BBox(west, south, east, north))
    found = shapely.from_wkb(wkb_of(shape))
    return together([found]) if found.geom_type == "GeometryCollection" else found
