"""Where an Item lies: its box, or the two of one that crosses the antimeridian, and its exact shape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from thalweg.catalogue.outlines import outline_of
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox, positions
from thalweg.core.items import Document
from thalweg.core.queries import ItemQuery
from thalweg.cql2.grounds import mended, plane, together
from thalweg.cql2.windings import cut, unrolled

_TURN, _HALF_TURN = 360.0, 180.0
_FLAT = 359.0
"""Degrees of width below which a bbox whose west is not over its east tells that its geometry is read as written."""
_ROUNDING = 0.01
"""Degrees by which a bbox may fall short of its geometry: writers round."""
_CORNERS = 5
_MOST_MENDED = 500
"""Positions of a shape that crosses itself: one of so many at random is mended in a second."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The ground an Item covers.

    Attributes:
        box: of the geometry; west > east where it crosses the antimeridian.
        shape: WKB in two dimensions, cut at the antimeridian, valid; ``None`` where the box itself is the geometry.
    """

    box: BBox
    shape: bytes | None


def footprint_of(geometry: Document, bbox: Sequence[float], most: int) -> Footprint:
    """Return the footprint of an Item's geometry; the bbox tells whether it crosses the antimeridian.

    Raises:
        InvalidParameter: either is wrong, or the bbox does not hold the geometry.
        TooLarge: more than ``most`` positions.
    """
    declared = BBox.of(bbox)
    return _plainly(geometry, declared, most) or _closely(geometry, declared, most)


def plain_footprint(geometry: Document, bbox: Sequence[float], most: int) -> Footprint | None:
    """Return the footprint of a geometry as nearly all are: an outline, flat; nothing where it is another.

    Raises:
        InvalidParameter: the bbox is wrong, or does not hold the geometry.
    """
    return _plainly(geometry, BBox.of(bbox), most)


def _plainly(geometry: Document, declared: BBox, most: int) -> Footprint | None:
    if not 0 <= declared.east - declared.west < _FLAT:
        return None
    outline = outline_of(geometry, most)
    if outline is None:
        return None
    _check_holds(declared, outline.bounds)
    return Footprint(BBox(*outline.bounds), None if outline.is_box else outline.wkb)


def _closely(geometry: Document, declared: BBox, most: int) -> Footprint:
    """Return the footprint of any geometry."""
    written = _written(geometry, most, "geometry")
    turned = unrolled(written, declared)
    if turned is not None:
        return _cut(_mended_each(turned), declared)
    shape = _filled(_mended(written, "geometry"), "geometry")
    bounds = shape.bounds
    _check_holds(declared, bounds)
    box = BBox(*bounds)
    return Footprint(box, None if _is_box(shape, box) else shapely.to_wkb(shape))


def shape_of(geometry: Document, most: int, parameter: str = "geometry") -> BaseGeometry:
    """Return a GeoJSON geometry in two dimensions, made valid where it crosses itself.

    Raises:
        InvalidParameter: it is no geometry on the globe, or crosses itself too often to be mended.
        TooLarge: more than ``most`` positions.
    """
    return _filled(_mended(_written(geometry, most, parameter), parameter), parameter)


def _written(geometry: Document, most: int, parameter: str) -> BaseGeometry:
    """Return a geometry as it is written, in two dimensions; it need not be valid."""
    positions(geometry, most, parameter)
    try:
        return shapely.force_2d(shapely.from_geojson(orjson.dumps(geometry)))
    except shapely.errors.GEOSException as error:
        raise InvalidParameter(parameter, "is not a geometry: a line needs two positions, a ring four") from error


def _filled(shape: BaseGeometry, parameter: str) -> BaseGeometry:
    if shape.is_empty:
        raise InvalidParameter(parameter, "covers nothing")
    return shape


def _mended(shape: BaseGeometry, parameter: str) -> BaseGeometry:
    """Make a shape valid; n positions may cross n² times, which would cost all memory, so n is bounded."""
    if shape.is_valid:
        return shape
    if shapely.get_num_coordinates(shape) > _MOST_MENDED:
        why = shapely.is_valid_reason(shape)
        raise InvalidParameter(
            parameter, f"crosses itself ({why}); with more than {_MOST_MENDED} positions it must not"
        )
    return mended(shape)


def _mended_each(parts: Sequence[BaseGeometry]) -> tuple[BaseGeometry, ...]:
    """Make each part valid; together, those that are not are bounded as one shape is."""
    crossing = [part for part in parts if not part.is_valid]
    if sum(map(shapely.get_num_coordinates, crossing)) > _MOST_MENDED:
        _mended(max(crossing, key=shapely.get_num_coordinates), "geometry")
        raise InvalidParameter("geometry", f"its parts cross themselves; with more than {_MOST_MENDED} positions")
    return tuple(_mended(part, "geometry") for part in parts)


def _check_holds(declared: BBox, bounds: Sequence[float]) -> None:
    west, south, east, north = bounds
    end = declared.east + (_TURN if declared.west > declared.east else 0)
    short = max(declared.west - west, declared.south - south, east - end, north - declared.north)
    if short > _ROUNDING:
        raise InvalidParameter("bbox", f"does not hold the geometry: it falls short by {short:.3g} degrees")


def _cut(parts: Sequence[BaseGeometry], declared: BBox) -> Footprint:
    """Return the footprint of unrolled parts, what lies over 180 moved to the other side of the map."""
    pieces = [piece for part in parts for piece in cut(part)]
    if not pieces:
        raise InvalidParameter("geometry", "covers nothing")
    whole, flat = shapely.total_bounds(parts).tolist(), shapely.total_bounds(pieces).tolist()
    _check_holds(declared, whole if declared.west > declared.east else flat)
    west, south, east, north = whole
    around = east - west >= _TURN - _ROUNDING
    if around:
        box = BBox(-_HALF_TURN, flat[1], _HALF_TURN, flat[3])
    else:
        box = BBox(_rolled(west, east), south, _rolled(east, east), north)
    if len(pieces) == 1 and _is_box(pieces[0], box):
        return Footprint(box, None)
    return Footprint(box, shapely.to_wkb(together(pieces)))


def _rolled(longitude: float, east: float) -> float:
    """Return a longitude on the map; 180 is -180 where it is the western end of something."""
    over = longitude > _HALF_TURN or (longitude == _HALF_TURN and east > _HALF_TURN)
    return longitude - _TURN if over else longitude


def _is_box(shape: BaseGeometry, box: BBox) -> bool:
    kind = shape.geom_type
    if kind == "Point":
        return True
    if kind != "Polygon" or shapely.get_num_coordinates(shape) != _CORNERS:
        return False
    return bool(shapely.equals(shape, shapely.box(box.west, box.south, box.east, box.north)))


class Ground:
    """The ground a query asks for; what it meets is exact, touching counts."""

    def __init__(self, parts: Sequence[BaseGeometry], frames: Sequence[BBox]) -> None:
        self.frames = tuple(frames)
        self._parts = tuple(parts)
        for part in self._parts:
            shapely.prepare(part)

    def meets(self, box: BBox, shape: bytes | None) -> bool:
        """Tell whether a footprint meets this ground."""
        ground = shapely.from_wkb(shape) if shape is not None else plane(box)
        return any(shapely.intersects(part, ground) for part in self._parts)


def grounds_of(query: ItemQuery, most: int) -> tuple[Ground, ...]:
    """Return the grounds that a query asks for, all of which an Item must meet; none where it asks for none.

    Raises:
        InvalidParameter: ``intersects`` is no geometry on the globe.
        TooLarge: it has more than ``most`` positions.
    """
    found = []
    if query.bbox is not None:
        spans = query.bbox.spans()
        found.append(Ground([plane(span) for span in spans], spans))
    if query.intersects is not None:
        shape = shape_of(query.intersects, most, "intersects")
        found.append(Ground([shape], [BBox(*shape.bounds)]))
    return tuple(found)


def overlap(one: Iterable[BBox], other: Iterable[BBox]) -> tuple[BBox, ...]:
    """Return the boxes in which two sets of boxes overlap; none of them crosses."""
    others = tuple(other)
    found = []
    for a in one:
        for b in others:
            west, south = max(a.west, b.west), max(a.south, b.south)
            east, north = min(a.east, b.east), min(a.north, b.north)
            if west <= east and south <= north:
                found.append(BBox(west, south, east, north))
    return tuple(found)
