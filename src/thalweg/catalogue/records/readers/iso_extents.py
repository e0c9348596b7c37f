"""Where and when a resource is, from the ``EX_Extent`` of ISO 19139 and ISO 19115-3, GML of any version within."""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from thalweg.catalogue.records.boxes import around
from thalweg.catalogue.records.readers import gml
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


def boxes_of(about: Element | None) -> tuple[BBox, ...]:
    """Return the boxes that a resource lies in; one that is none, such as one without a side, is left out."""
    found = (
        _box(one) for extent in _extents(about) for one in at(extent, "geographicElement/EX_GeographicBoundingBox")
    )
    return _holding(tuple(box for box in found if box is not None), geometry_of(about))


def _holding(boxes: tuple[BBox, ...], geometry: dict[str, Any] | None) -> tuple[BBox, ...]:
    """Return the boxes, wider where the polygon that is told beside them lies outside, as it does in real records."""
    declared, drawn = around(boxes), around((), geometry)
    if declared is None or drawn is None:
        return boxes
    widened = BBox(
        min(declared.west, drawn.west),
        min(declared.south, drawn.south),
        max(declared.east, drawn.east),
        max(declared.north, drawn.north),
    )
    if declared.west > declared.east or widened == declared:
        return boxes
    return (widened,) if len(boxes) == 1 else (*boxes, drawn)


def geometry_of(about: Element | None) -> dict[str, Any] | None:
    """Return the bounding polygons of a resource, or what stands in their place, as GeoJSON."""
    return gml.geometry_of(
        [
            geometry
            for extent in _extents(about)
            for geometry in at(extent, "geographicElement/EX_BoundingPolygon/polygon/*")
        ]
    )


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
    return Span(
        ".." if ".." in starts else min(starts),
        ".." if ".." in ends else max(ends),
        said(about, "temporalResolution/*"),
    )


def _extents(about: Element | None) -> Iterator[Element]:
    if about is not None:
        yield from at(about, "extent/EX_Extent")


def _box(element: Element) -> BBox | None:
    try:
        numbers = [float(said(element, side)) for side in _SIDES]
        return BBox.of(numbers) if all(map(math.isfinite, numbers)) else None
    except (ValueError, InvalidParameter):
        return None


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
