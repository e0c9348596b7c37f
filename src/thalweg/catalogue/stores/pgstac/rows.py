"""New Items as the rows of pgstac's partition and of the side schema."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import shapely

from thalweg.catalogue.canonical import canonical, digest
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.pgstac.bases import Base
from thalweg.catalogue.stores.pgstac.bodies import dehydrated
from thalweg.catalogue.words import words_of_item
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import written
from thalweg.cql2.grounds import plane
from thalweg.cql2.moments import microseconds, moment_of

_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Row:
    """One Item as both tables hold it.

    Attributes:
        c: the number of its Collection.
        body: as this store gives it out.
        document: the same, parsed.
        digest: of the body.
        at: when this version began.
    """

    new: NewItem
    c: int
    k: int
    v: int
    body: bytes
    document: Mapping[str, Any]
    digest: str
    at: datetime

    @property
    def properties(self) -> Mapping[str, Any]:
        """Return the Item's properties."""
        found = self.document.get("properties")
        return found if isinstance(found, Mapping) else {}

    @property
    def micro(self) -> int:
        """Return the µs of its time beyond the ms."""
        text = self.properties.get("datetime") or self.properties.get("start_datetime")
        at = moment_of(text) if isinstance(text, str) else None
        return 0 if at is None else microseconds(at) % 1000

    @property
    def shape(self) -> bytes | None:
        """Return its footprint as WKB."""
        footprint = self.new.footprint
        if footprint is None:
            return None
        return footprint.shape if footprint.shape is not None else shapely.to_wkb(plane(footprint.box))

    @property
    def centre(self) -> tuple[float | None, float | None]:
        """Return the centre of its box, longitude and latitude."""
        if self.new.footprint is None:
            return None, None
        box = self.new.footprint.box
        x = (box.west + box.east + (360 if box.west > box.east else 0)) / 2
        return x - 360 if x > 180 else x, (box.south + box.north) / 2  # noqa: PLR2004 - a half turn

    @property
    def range(self) -> tuple[datetime, datetime]:
        """Return its time as pgstac has it."""
        start, end = (self.properties.get(name) for name in ("start_datetime", "end_datetime"))
        if isinstance(start, str) and isinstance(end, str):
            texts = (start, end)
        else:
            at = str(self.properties.get("datetime"))
            texts = (at, at)
        first, last = (moment_of(text) for text in texts)
        if first is None or last is None:
            raise InvalidParameter("properties.datetime", "is not a time")
        return first, last

    def private(self) -> str:
        """Return what pgstac keeps for us beside the Item."""
        kept = {"k": self.k, "v": self.v, "h": self.digest, "at": written(self.at)}
        return orjson.dumps({**kept, "geometry": self.document.get("geometry")}).decode()

    def side(self) -> tuple[object, ...]:
        """Return the row of ``item`` but its number."""
        times = self.new.times
        properties = orjson.dumps(dict(self.properties)).decode()
        said = words_of_item(self.document)
        time = (times.at, self.micro, times.first, times.last)
        return (self.c, self.new.id, self.k, *time, self.shape, properties, said, *self.centre)

    def stac(self, base: Base, tag: int | None) -> tuple[object, ...]:
        """Return the row of pgstac's ``items``."""
        first, last = self.range
        geometry = self.document.get("geometry")
        shape = None if geometry is None else orjson.dumps(geometry).decode()
        content = dehydrated(self.document, base, tag).decode()
        return (self.new.id, shape, self.new.collection, first, last, content, self.private())


def check_characters(body: bytes) -> None:
    """Return quietly unless a document holds what PostgreSQL does not.

    Raises:
        InvalidParameter: it holds the character NUL.
    """
    if b"\\u0000" in body:
        raise InvalidParameter("document", "holds the character NUL, which this store does not keep")


def row_of(item: NewItem, c: int, k: int, v: int) -> Row:
    """Return an Item as a row.

    Raises:
        InvalidParameter: it holds what PostgreSQL does not: the character NUL.
    """
    check_characters(item.body)
    body = canonical(item.body)
    short = b64encode(digest(body)[:16]).decode().rstrip("=")
    return Row(item, c, k, v, body, orjson.loads(body), short, datetime.now(UTC))


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
