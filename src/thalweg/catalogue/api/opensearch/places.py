"""Where and when: a box, a geometry as WKT, a circle, an identifier, a stretch of time (10-032r8, 9)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import shapely

from thalweg.catalogue.api.opensearch.parameters import RELATIONS
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Expression, Operation, Property, Shape
from thalweg.core.geometry import BBox
from thalweg.core.time import Interval, instant
from thalweg.cql2.grounds import literal

if TYPE_CHECKING:
    from thalweg.web.kvp import Kvp

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOST_TEXT = 100_000


def box_of(kvp: Kvp) -> BBox | None:
    """Return the box that what is found must meet.

    Raises:
        InvalidParameter: it is not four numbers on the globe.
    """
    text = kvp.text("bbox")
    if text is None:
        return None
    try:
        return BBox.of([float(part) for part in text.split(",")], "bbox")
    except ValueError as error:
        raise InvalidParameter("bbox", "is west,south,east,north in degrees") from error


def ground_of(kvp: Kvp, positions: int) -> Expression | None:
    """Return what a geometry, or a circle, asks for.

    Raises:
        InvalidParameter: it is none, or both are given, or a relation without a place.
    """
    written, relation = kvp.text("geometry"), kvp.choice("relation", RELATIONS, "")
    circle = _circle(kvp)
    if written is not None and circle is not None:
        raise InvalidParameter("geometry", "stands without lat, lon and radius")
    shape = circle if written is None else _wkt(written, positions)
    if shape is not None:
        return Operation(relation or RELATIONS["intersects"], (Property("geometry"), shape))
    box = box_of(kvp)
    if relation in ("", RELATIONS["intersects"]):
        return None
    if box is None:
        raise InvalidParameter("relation", "needs a place to which it is: bbox, geometry, or lat and lon")
    return Operation(relation, (Property("geometry"), _ground(box)))


def is_related(kvp: Kvp) -> bool:
    """Tell whether a box is asked for otherwise than by what meets it."""
    return kvp.choice("relation", RELATIONS, "") not in ("", RELATIONS["intersects"])


def _ground(box: BBox) -> Shape:
    parts = [shapely.box(one.west, one.south, one.east, one.north) for one in box.spans()]
    return Shape(shapely.to_geojson(parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)))


def _wkt(text: str, positions: int) -> Shape:
    if len(text) > _MOST_TEXT:
        raise InvalidParameter("geometry", f"has more than {_MOST_TEXT} characters")
    try:
        found = shapely.from_wkt(text)
    except shapely.errors.ShapelyError as error:
        raise InvalidParameter("geometry", "is no WKT") from error
    if found is None or found.is_empty:
        raise InvalidParameter("geometry", "is no WKT of a place")
    geojson, _ = literal(orjson.loads(shapely.to_geojson(found)), positions)
    return Shape(geojson)


def _circle(kvp: Kvp) -> Shape | None:
    from thalweg.catalogue.filters.distances import around  # noqa: PLC0415 - loads pyproj

    numbers = {name: _number(kvp, name) for name in ("lat", "lon", "radius")}
    lat, lon, radius = numbers["lat"], numbers["lon"], numbers["radius"]
    if lat is None and lon is None:
        if radius is not None:
            raise InvalidParameter("radius", "needs lat and lon")
        return None
    if lat is None or lon is None:
        raise InvalidParameter("lat" if lat is None else "lon", "is needed beside the other")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # noqa: PLR2004 - the globe
        raise InvalidParameter("lat", "lat and lon are on the globe")
    point = Shape(orjson.dumps({"type": "Point", "coordinates": [lon, lat]}).decode())
    if not radius:
        return point
    try:
        return around(point, str(radius), "m")
    except InvalidParameter as error:
        raise InvalidParameter("radius", error.why) from error


def _number(kvp: Kvp, name: str) -> float | None:
    text = kvp.text(name)
    if text is None:
        return None
    try:
        found = float(text)
    except ValueError as error:
        raise InvalidParameter(name, f"{text[:64]!r} is no number") from error
    if not abs(found) < float("inf") or (name == "radius" and found < 0):
        raise InvalidParameter(name, "is a finite number, and a radius not below 0")
    return found


def time_of(kvp: Kvp) -> Interval | None:
    """Return the time that what is found must meet; a day that ends it is meant with all of its hours.

    Raises:
        InvalidParameter: an end is no time, or the end comes first.
    """
    first, last = kvp.text("start"), kvp.text("end")
    if first is None and last is None:
        return None
    start = None if first is None else instant(f"{first}T00:00:00Z" if _DAY.fullmatch(first) else first, "start")
    end = None if last is None else instant(f"{last}T00:00:00Z" if _DAY.fullmatch(last) else last, "end")
    if end is not None and last is not None and _DAY.fullmatch(last):
        end += timedelta(days=1, milliseconds=-1)
    if start is not None and end is not None and end < start:
        raise InvalidParameter("end", "comes before start")
    return Interval(start, end)
