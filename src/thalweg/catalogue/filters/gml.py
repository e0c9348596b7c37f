"""Geometries and times of GML 3.1.1 and 3.2, as far as filters write them; found by their local names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thalweg.catalogue.filters.systems import axes_of
from thalweg.core.errors import InvalidParameter, TooLarge
from thalweg.core.expressions import Instant, Shape, Span
from thalweg.core.time import instant
from thalweg.cql2.bounds import USUAL
from thalweg.cql2.grounds import box, literal
from thalweg.cql2.moments import date_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from thalweg.catalogue.filters.systems import Axes
    from thalweg.guard.markup import Element

NAMESPACES = frozenset({"http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2"})
_DAY = len("2000-01-01")
_PARAMETER = "geometry"
_PLANE, _MOST_DIMENSIONS = 2, 3
_CORNERS = 2
_OPEN = ("", "..")


def local(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: Element) -> str:
    """Return the namespace of an element."""
    return str(element.tag).partition("}")[0].removeprefix("{") if str(element.tag).startswith("{") else ""


def is_gml(element: Element) -> bool:
    """Tell whether an element is of GML."""
    return namespace(element) in NAMESPACES


class Geometries:
    """Reads the geometries of one filter, which share a bound of positions."""

    def __init__(self, most: int = USUAL.positions) -> None:
        self._room = most
        self._readers: dict[str, Callable[[Element, Axes], dict[str, Any]]] = {
            "Point": self._point,
            "LineString": self._line,
            "Curve": self._curve,
            "Polygon": self._polygon,
            "Surface": self._surface,
            "MultiPoint": self._several("MultiPoint", "Point"),
            "MultiLineString": self._several("MultiLineString", "LineString"),
            "MultiCurve": self._several("MultiLineString", "LineString"),
            "MultiPolygon": self._several("MultiPolygon", "Polygon"),
            "MultiSurface": self._several("MultiPolygon", "Polygon"),
        }

    def shape(self, element: Element) -> Shape:
        """Return a geometry in lon/lat.

        Raises:
            InvalidParameter: it is no geometry that is read here, of no known system, or off the globe.
            TooLarge: the geometries of the filter have too many positions.
        """
        if local(element) in ("Envelope", "Box"):
            return Shape(box(self._corners(element)))
        room = self._room
        geometry = self._read(element, axes_of(element.get("srsName")))
        geojson, counted = literal(geometry, USUAL.positions)
        self._room = min(self._room, room - counted)
        return Shape(geojson)

    def _read(self, element: Element, axes: Axes) -> dict[str, Any]:
        reader = self._readers.get(local(element)) if is_gml(element) else None
        if reader is None:
            raise InvalidParameter(_PARAMETER, f"{local(element)[:64]} is no geometry that is read here")
        own = element.get("srsName")
        return reader(element, axes_of(own) if own else axes)

    def _corners(self, element: Element) -> list[float]:
        named = {local(one): one for one in element}
        corners = [named[name] for name in ("lowerCorner", "upperCorner") if name in named]
        if len(corners) == _CORNERS:
            numbers = [number for one in corners for number in self._position(one)]
        else:
            numbers = [number for position in self._positions(element) for number in position]
        if len(numbers) != _CORNERS * _PLANE:
            raise InvalidParameter(_PARAMETER, "an envelope has a lower and an upper corner")
        return axes_of(element.get("srsName")).box(numbers)

    def _position(self, element: Element) -> tuple[float, float]:
        found = self._numbers(element.text or "")
        if not _PLANE <= len(found) <= _MOST_DIMENSIONS:
            raise InvalidParameter(_PARAMETER, "a position has two coordinates")
        return found[0], found[1]

    def _positions(self, element: Element) -> list[tuple[float, float]]:
        """Return the positions right in an element: ``pos``, ``posList``, ``coordinates`` or points of their own."""
        found: list[tuple[float, float]] = []
        for one in element:
            match local(one):
                case "pos":
                    found.append(self._position(one))
                case "posList":
                    found.extend(self._listed(one))
                case "coordinates":
                    found.extend(self._tupled(one))
                case "pointProperty" | "pointRep":
                    found.extend(position for point in one for position in self._positions(point))
        self._room -= len(found)
        if self._room < 0:
            raise TooLarge("geometry: the filter has too many positions")
        return found

    def _listed(self, element: Element) -> Iterator[tuple[float, float]]:
        given = element.get("srsDimension") or element.getparent().get("srsDimension") or str(_PLANE)
        numbers = self._numbers(element.text or "")
        if given not in ("2", "3") or len(numbers) % int(given):
            raise InvalidParameter(_PARAMETER, "a posList has whole positions of two or three coordinates")
        for at in range(0, len(numbers), int(given)):
            yield numbers[at], numbers[at + 1]

    def _tupled(self, element: Element) -> Iterator[tuple[float, float]]:
        between = element.get("cs") or ","
        for one in (element.text or "").replace(element.get("ts") or " ", " ").split():
            found = self._numbers(one.replace(between, " "))
            if not _PLANE <= len(found) <= _MOST_DIMENSIONS:
                raise InvalidParameter(_PARAMETER, "a position has two coordinates")
            yield found[0], found[1]

    def _numbers(self, text: str) -> list[float]:
        parts = text.split()
        if len(parts) > _MOST_DIMENSIONS * max(self._room, 0) + _MOST_DIMENSIONS:
            raise TooLarge("geometry: the filter has too many positions")
        try:
            return [float(part) for part in parts]
        except ValueError as error:
            raise InvalidParameter(_PARAMETER, "its coordinates are no numbers") from error

    def _point(self, element: Element, axes: Axes) -> dict[str, Any]:
        found = self._positions(element)
        if len(found) != 1:
            raise InvalidParameter(_PARAMETER, "a point has one position")
        return {"type": "Point", "coordinates": axes.lonlat(found)[0]}

    def _line(self, element: Element, axes: Axes) -> dict[str, Any]:
        return {"type": "LineString", "coordinates": axes.lonlat(self._positions(element))}

    def _curve(self, element: Element, axes: Axes) -> dict[str, Any]:
        parts = [part for one in element if local(one) == "segments" for part in one]
        if not parts or any(local(part) != "LineStringSegment" for part in parts):
            raise InvalidParameter(_PARAMETER, "a curve is made of LineStringSegments here")
        return {
            "type": "LineString",
            "coordinates": [position for part in parts for position in axes.lonlat(self._positions(part))],
        }

    def _polygon(self, element: Element, axes: Axes) -> dict[str, Any]:
        outer: list[list[list[float]]] = []
        inner: list[list[list[float]]] = []
        for one in element:
            rings = [axes.lonlat(self._positions(ring)) for ring in one if local(ring) == "LinearRing"]
            (outer if local(one) in ("exterior", "outerBoundaryIs") else inner).extend(rings)
        if len(outer) != 1:
            raise InvalidParameter(_PARAMETER, "a polygon has one exterior, a LinearRing")
        return {"type": "Polygon", "coordinates": [*outer, *inner]}

    def _surface(self, element: Element, axes: Axes) -> dict[str, Any]:
        parts = [part for one in element if local(one) == "patches" for part in one]
        if not parts or any(local(part) != "PolygonPatch" for part in parts):
            raise InvalidParameter(_PARAMETER, "a surface is made of PolygonPatches here")
        found = [self._polygon(part, axes)["coordinates"] for part in parts]
        return {"type": "MultiPolygon", "coordinates": found}

    def _several(self, kind: str, of: str) -> Callable[[Element, Axes], dict[str, Any]]:
        def read(element: Element, axes: Axes) -> dict[str, Any]:
            found = [
                self._read(part, axes) for one in element if local(one).lower().find("member") >= 0 for part in one
            ]
            if not found or any(one["type"] not in (of, f"Multi{of}") for one in found):
                raise InvalidParameter(_PARAMETER, f"{local(element)} is made of one {of} or more")
            parts = (one["coordinates"] if one["type"] != of else [one["coordinates"]] for one in found)
            return {"type": kind, "coordinates": [part for several in parts for part in several]}

        return read


def time_of(element: Element) -> Instant | Span:
    """Return a time of GML: an instant, or a period whose ends may be open.

    Raises:
        InvalidParameter: it is none.
    """
    if local(element) == "TimeInstant":
        return _moment(_text_at(element, "timePosition"), "a TimeInstant")
    if local(element) != "TimePeriod":
        raise InvalidParameter("time", f"{local(element)[:64]} is no time that is read here")
    start, end = (_end(element, name) for name in ("begin", "end"))
    if start is not None and end is not None and end.at < start.at:
        raise InvalidParameter("time", "the period ends before it begins")
    return Span(start, end)


def _end(element: Element, name: str) -> Instant | None:
    for one in element:
        if local(one) in (name, f"{name}Position"):
            if one.get("indeterminatePosition") is not None:
                return None
            text = _text_at(one, "timePosition") if local(one) == name else (one.text or "").strip()
            return None if text in _OPEN else _moment(text, "a TimePeriod")
    raise InvalidParameter("time", "a TimePeriod has a begin and an end")


def _text_at(element: Element, name: str) -> str:
    return next(((one.text or "").strip() for one in element.iter() if local(one) == name), "")


def _moment(text: str, what: str) -> Instant:
    if not text:
        raise InvalidParameter("time", f"{what} says no time")
    if len(text) == _DAY:
        return Instant(date_of(text, "time"), date=True)
    return Instant(instant(text if "Z" in text or "+" in text or text.count("-") > _PLANE else f"{text}Z", "time"))
