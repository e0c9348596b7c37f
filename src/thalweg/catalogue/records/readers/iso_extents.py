"""Where and when a resource is, from the ``EX_Extent`` of ISO 19139 and ISO 19115-3, GML of any version within."""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.readers.iso_elements import at, first, said, value
from thalweg.catalogue.records.record import Span
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.guard.markup import Element

_SIDES = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
_FULL, _DAY, _COARSE = re.compile(r"\d{4}-\d\d-\d\dT.+"), re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}(-\d\d)?")
_NO_MORE = frozenset({"unknown", "now", "after", "before"})
_LEAST_POSITIONS = 4


def boxes_of(about: Element | None) -> tuple[BBox, ...]:
    """Return the boxes that a resource lies in; one that is none, such as one without a side, is left out."""
    found = (
        _box(one) for extent in _extents(about) for one in at(extent, "geographicElement/EX_GeographicBoundingBox")
    )
    return tuple(box for box in found if box is not None)


def geometry_of(about: Element | None) -> dict[str, Any] | None:
    """Return the first bounding polygon of a resource as GeoJSON; GML of an EPSG URN has latitude first."""
    for extent in _extents(about):
        for polygon in at(extent, "geographicElement/EX_BoundingPolygon/polygon/*"):
            rings = _rings(polygon)
            if rings:
                return {"type": "Polygon", "coordinates": rings}
    return None


def span_of(about: Element | None) -> Span | None:
    """Return the time that a resource is about: from the first to the last of all its periods and instants."""
    periods = [
        period
        for extent in _extents(about)
        for element in at(extent, "temporalElement/*/extent/*")
        if (period := _period(element)) is not None
    ]
    if not periods:
        return None
    starts, ends = [start for start, _ in periods], [end for _, end in periods]
    return Span(".." if ".." in starts else min(starts), ".." if ".." in ends else max(ends))


def _extents(about: Element | None) -> Iterator[Element]:
    if about is not None:
        yield from at(about, "extent/EX_Extent")


def _box(element: Element) -> BBox | None:
    try:
        numbers = [float(said(element, side)) for side in _SIDES]
        return BBox.of(numbers) if all(map(math.isfinite, numbers)) else None
    except (ValueError, InvalidParameter):
        return None


def _rings(polygon: Element) -> list[list[list[float]]]:
    latitude_first = "EPSG" in str(polygon.get("srsName") or "")
    found = [
        _ring(ring, latitude_first=latitude_first) for ring in polygon.iter() if str(ring.tag).endswith("}posList")
    ]
    return [] if any(len(ring) < _LEAST_POSITIONS for ring in found) else found


def _ring(positions: Element, *, latitude_first: bool) -> list[list[float]]:
    try:
        numbers = [float(word) for word in (positions.text or "").split()]
    except ValueError:
        return []
    step = 3 if positions.get("srsDimension") == "3" else 2
    pairs = [numbers[place : place + 2] for place in range(0, len(numbers) - step + 1, step)]
    return [pair[::-1] for pair in pairs] if latitude_first else pairs


def _period(element: Element) -> tuple[str, str] | None:
    start = _time(first(element, "beginPosition", "begin/*/timePosition", "timePosition"))
    end = _time(first(element, "endPosition", "end/*/timePosition", "timePosition"), last=True)
    return None if start == end == ".." else (start, end)


def _time(position: Element | None, *, last: bool = False) -> str:
    """Return a position of GML as RFC 3339 or a date; a year or a month begins, or ends, with its first or last day."""
    if position is None or position.get("indeterminatePosition") in _NO_MORE:
        return ".."
    text = value(position)
    if _DAY.fullmatch(text):
        return text
    if _FULL.fullmatch(text):
        return _zoned(text)
    if _COARSE.fullmatch(text):
        return _whole(text, last=last)
    return ".."


def _zoned(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ".."
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return utc.isoformat().replace("+00:00", "Z")


def _whole(text: str, *, last: bool) -> str:
    if not last:
        return f"{text}-01-01"[:10] if len(text) < len("2000-01") else f"{text}-01"
    year, _, month = text.partition("-")
    return f"{year}-12-31" if not month else f"{year}-{month}-{_days(int(year), int(month)):02}"


def _days(year: int, month: int) -> int:

    return calendar.monthrange(year, month)[1] if 1 <= month <= len(calendar.month_name) - 1 else 1
