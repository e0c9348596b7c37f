"""Where things lie, as a drawing for pages that run no script: footprints on the land of the world."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shapely.geometry import shape

from thalweg.catalogue.api.graticule import Graticule, Window, extent, graticule

_WORLD = (-180.0, -90.0, 180.0, 90.0)
_ROOM, _LEAST = 3.0, 24.0
"""How many times its own width a drawing shows around what it is about, and no less than so many degrees."""
_ALL = 0.95 * 360 * 180
"""Square degrees: what is everywhere needs no drawing."""
_STROKES = 400
"""Lines are so many times narrower than the drawing."""
_DOT = 60.0
"""What is smaller than the drawing by this factor is drawn as a dot."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template needs to draw.

    Attributes:
        view: the ``viewBox``, degrees of longitude and of latitude downwards.
        path: the footprints as one SVG path.
        dots: centres of those that are too small to be seen, with their radius.
        stroke: width of lines in degrees.
        grid: the lines of whole degrees.
        extent: from where to where the footprints reach, in words.
    """

    view: str
    path: str
    dots: tuple[tuple[float, float, float], ...]
    stroke: float
    grid: Graticule
    extent: str


def drawing(geometries: Iterable[Mapping[str, Any] | None]) -> Drawing | None:
    """Return the drawing of GeoJSON geometries in lon/lat, ``None`` where there are none."""
    shapes = _drawn(geometries)
    if not shapes:
        return None
    around = _around([one.bounds for one in shapes])
    west, south, east, north = window = _window(around)
    width = east - west
    view = f"{west:.4g} {-north:.4g} {width:.4g} {north - south:.4g}"
    return Drawing(view, *_marks(shapes, width), width / _STROKES, graticule(window), extent(around))


def layer(geometries: Iterable[Mapping[str, Any] | None], of: Drawing) -> Drawing:
    """Return a drawing with other geometries in the place of its own, within the same frame."""
    path, dots = _marks(_drawn(geometries), of.stroke * _STROKES)
    return replace(of, path=path, dots=dots)


def _drawn(geometries: Iterable[Mapping[str, Any] | None]) -> list[Any]:
    return [one for one in _shapes(geometries) if not one.is_empty and one.area < _ALL]


def _marks(shapes: Sequence[Any], width: float) -> tuple[str, tuple[tuple[float, float, float], ...]]:
    """Return the path and the dots of shapes in a drawing that is so many degrees wide."""
    small = [one for one in shapes if _side(one) < width / _DOT]
    dots = tuple((round(one.centroid.x, 3), round(-one.centroid.y, 3), width / 130) for one in small)
    return "".join(_path(part) for one in shapes if _side(one) >= width / _DOT for part in _parts(one)), dots


def _side(one: Any) -> float:  # noqa: ANN401 - shapely's geometries
    west, south, east, north = one.bounds
    return float(max(east - west, north - south))


def _shapes(geometries: Iterable[Mapping[str, Any] | None]) -> Iterator[Any]:
    return (shape(dict(one)) for one in geometries if one is not None)


def box_geometry(box: Sequence[float]) -> dict[str, Any]:
    """Return a box of four or six numbers as a polygon, as two where it crosses the antimeridian."""
    west, south, east, north = box if len(box) == 4 else (*box[:2], *box[3:5])  # noqa: PLR2004 - flat or solid
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    rings = [[[[w, south], [e, south], [e, north], [w, north], [w, south]]] for w, e in spans]
    return {"type": "MultiPolygon", "coordinates": rings}


def _around(bounds: Sequence[Window]) -> Window:
    west, south = min(b[0] for b in bounds), min(b[1] for b in bounds)
    return west, south, max(b[2] for b in bounds), max(b[3] for b in bounds)


def _window(around: Window) -> Window:
    west, south, east, north = around
    width = max((east - west) * _ROOM, (north - south) * _ROOM * 2, _LEAST)
    if width >= _WORLD[2] - _WORLD[0]:
        return _WORLD
    x, y = (west + east) / 2, (south + north) / 2
    left = min(max(x - width / 2, _WORLD[0]), _WORLD[2] - width)
    low = min(max(y - width / 4, _WORLD[1]), _WORLD[3] - width / 2)
    return left, low, left + width, low + width / 2


def _parts(whole: Any) -> Iterator[Any]:  # noqa: ANN401 - shapely's geometries
    """Yield the single geometries of a shape, which may hold shapes of several."""
    for part in getattr(whole, "geoms", ()):
        yield from _parts(part)
    if not hasattr(whole, "geoms"):
        yield whole


def _path(part: Any) -> str:  # noqa: ANN401 - shapely's geometries
    if part.geom_type == "Polygon":
        return "".join(_line(ring.coords) + "Z" for ring in (part.exterior, *part.interiors))
    return _line(part.coords)


def _line(positions: Iterable[Sequence[float]]) -> str:
    return "M" + "L".join(f"{position[0]:.5g} {-position[1]:.5g}" for position in positions)
