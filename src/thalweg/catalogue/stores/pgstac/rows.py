"""New Items as the rows of pgstac's partition and of the side schema: made ready before a lock is taken."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import orjson
import shapely

from thalweg.catalogue.canonical import digest, respelled, written
from thalweg.catalogue.footprints import Footprint
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.pgstac.bases import Current
from thalweg.catalogue.stores.pgstac.bodies import dehydrated
from thalweg.catalogue.times import Times
from thalweg.catalogue.words import words_of_item
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import written as spelled
from thalweg.cql2.grounds import plane
from thalweg.cql2.moments import microseconds, moment_of

_DAY = 86_400_000
_GLOBE = 4326
_EMPTY = shapely.to_wkb(shapely.set_srid(shapely.GeometryCollection(), _GLOBE), hex=True, include_srid=True)
"""What pgstac has in the place of no geometry."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A new Item, with all of its rows that is known before it is looked for.

    Attributes:
        body: as this store gives it out.
        document: the same, parsed.
        digest: of the body, shortened.
        geometry: its JSON, members sorted.
        shape: the same as pgstac has it, in hexadecimal EWKB.
        range: its time as pgstac has it.
        content: pgstac's, without what the Collection says.
        against: what the Collection said then.
        side: the columns of ``item`` but number, Collection, id and class.
    """

    new: NewItem
    body: bytes
    document: Mapping[str, Any]
    digest: str
    geometry: str
    shape: str
    range: tuple[datetime, datetime]
    content: str
    against: Current
    side: tuple[object, ...]

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the Item's properties."""
        return _properties(self.document)

    def of(self, current: Current) -> "Ready":
        """Return the same for what the Collection says now."""
        if self.against.place == current.place:
            return self
        return replace(self, content=_content(self.document, current), against=current)


@dataclass(frozen=True, slots=True)
class Row:
    """One Item as both tables hold it.

    Attributes:
        c: the number of its Collection.
        at: when this version began.
    """

    ready: Ready
    c: int
    k: int
    v: int
    at: datetime

    @property
    def new(self) -> NewItem:
        """Return the Item as it came."""
        return self.ready.new

    @property
    def body(self) -> bytes:
        """Return the Item as this store gives it out."""
        return self.ready.body

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the Item's properties."""
        return self.ready.properties

    def private(self) -> str:
        """Return what pgstac keeps for us beside the Item."""
        # The geometry is a string: of its numbers jsonb would make twice as many bytes.
        kept = {"k": self.k, "v": self.v, "h": self.ready.digest, "at": spelled(self.at)}
        return orjson.dumps({**kept, "geometry": self.ready.geometry}).decode()

    def side(self) -> tuple[object, ...]:
        """Return the row of ``item`` but its number."""
        return (self.c, self.new.id, self.k, *self.ready.side, self.at)

    def stac(self) -> tuple[object, ...]:
        """Return the row of pgstac's ``items``."""
        made, new = self.ready, self.new
        return (new.id, made.shape, new.collection, *made.range, made.content, self.private())


def check_characters(body: bytes) -> None:
    """Return quietly unless a document holds what PostgreSQL does not.

    Raises:
        InvalidParameter: it holds the character NUL.
    """
    if b"\\u0000" in body:
        raise InvalidParameter("document", "holds the character NUL, which this store does not keep")


def ready(item: NewItem, current: Current) -> Ready:
    """Make an Item ready.

    Raises:
        InvalidParameter: it holds what PostgreSQL does not: the character NUL.
    """
    check_characters(item.body)
    document = respelled(item.body, item.document or orjson.loads(item.body))
    body = written(document)
    short = b64encode(digest(body)[:16]).decode().rstrip("=")
    geometry = orjson.dumps(document.get("geometry"), option=orjson.OPT_SORT_KEYS).decode()
    content, times = _content(document, current), _range(_properties(document))
    shape, columns_ = _geometry(geometry), side(item.times, item.footprint, document)
    return Ready(item, body, document, short, geometry, shape, times, content, current, columns_)


def row_of(one: Ready, c: int, k: int, v: int, before: datetime | None = None) -> Row:
    """Return an Item as a row, from now on, and not from before the version ``before`` it began."""
    now = datetime.now(UTC)
    return Row(one, c, k, v, now if before is None else max(now, before))


def _content(document: Mapping[str, Any], current: Current) -> str:
    return dehydrated(document, current.base, current.tag).decode()


def _geometry(written_: str) -> str:
    """Return a geometry as pgstac has it."""
    if written_ == "null":
        return _EMPTY
    found = shapely.set_srid(shapely.from_geojson(written_), _GLOBE)
    if found.has_z:
        # Heights that some positions have and others have not.
        found = shapely.transform(found, np.nan_to_num, include_z=True)
    return shapely.to_wkb(found, hex=True, include_srid=True)


def side(times: Times, footprint: Footprint | None, document: Mapping[str, Any]) -> tuple[object, ...]:
    """Return the columns t, u, first, last, shape, p, w, x and y of an Item."""
    properties = _properties(document)
    time = (times.at, _micro(properties), times.first, times.last)
    said = words_of_item(document)
    return (*time, _shape(footprint), orjson.dumps(dict(properties)).decode(), said, *_centre(footprint))


def _properties(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found = document.get("properties")
    return found if isinstance(found, Mapping) else {}


def _micro(properties: Mapping[str, Any]) -> int:
    """Return the µs of an Item's time beyond the ms."""
    text = properties.get("datetime") or properties.get("start_datetime")
    at = moment_of(text) if isinstance(text, str) else None
    return 0 if at is None else microseconds(at) % 1000


def _shape(footprint: Footprint | None) -> str | None:
    """Return a footprint as hexadecimal WKB."""
    if footprint is None:
        return None
    return (footprint.shape if footprint.shape is not None else shapely.to_wkb(plane(footprint.box))).hex()


def _centre(footprint: Footprint | None) -> tuple[float | None, float | None]:
    """Return the centre of a footprint's box, longitude and latitude."""
    if footprint is None:
        return None, None
    box = footprint.box
    x = (box.west + box.east + (360 if box.west > box.east else 0)) / 2
    return x - 360 if x > 180 else x, (box.south + box.north) / 2  # noqa: PLR2004 - a half turn


def _range(properties: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """Return an Item's time as pgstac has it."""
    start, end = (properties.get(name) for name in ("start_datetime", "end_datetime"))
    if isinstance(start, str) and isinstance(end, str):
        texts = (start, end)
    else:
        at = str(properties.get("datetime"))
        texts = (at, at)
    first, last = (moment_of(text) for text in texts)
    if first is None or last is None:
        raise InvalidParameter("properties.datetime", "is not a time")
    return first, last


def day_of(t: int) -> int:
    """Return the days since 1970 of a time in ms."""
    return t // _DAY


def month_of(t: int) -> int:
    """Return the months since the year 0 of a time in ms."""
    at = datetime.fromtimestamp(t // 1000, UTC)
    return at.year * 12 + at.month - 1


def columns(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Return rows as the arrays of their columns."""
    return [list(column) for column in zip(*rows, strict=True)]
