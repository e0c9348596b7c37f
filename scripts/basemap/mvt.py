"""Encode one Mapbox Vector Tile (version 2.1) whose geometries are already whole numbers of tile units.

A published encoder rounds, finds the polygon invalid, repairs, rounds again, and after five tries leaves the feature
out without a word: a whole continent may be one feature. Here nothing is rounded: ``quantised`` asks GEOS for the
overlay on the grid itself (snap rounding), whose result is valid by construction, and what is not whole is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import shapely
from shapely.geometry.base import BaseGeometry

EXTENT = 4096

Value = str | int | bool

_POINT, _LINE, _POLYGON = 1, 2, 3
_MOVE, _DRAW, _CLOSE = 1, 2, 7
_VARINT, _BYTES = 0, 2
_SEVEN_BITS = 0x7F


@dataclass(frozen=True, slots=True)
class Feature:
    """A geometry in tile units (y down) and what is known of it."""

    geometry: BaseGeometry
    properties: dict[str, Value] = field(default_factory=dict)


def quantised(polygons: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return the union of polygons in tile units with every vertex on the grid of whole units, and valid."""
    united = shapely.set_precision(shapely.union_all(shapely.make_valid(polygons)), 1)
    parts = [part for part in shapely.get_parts(united) if part.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def encode(layers: Iterable[tuple[str, Sequence[Feature]]]) -> bytes:
    """Return the bytes of a tile; a layer without features is left out."""
    return b"".join(_message(3, _layer(name, features)) for name, features in layers if features)


def _layer(name: str, features: Sequence[Feature]) -> bytes:
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    encoded = b"".join(_message(2, _feature(one, keys, values)) for one in features)
    return b"".join(
        (
            _message(1, name.encode()),
            encoded,
            b"".join(_message(3, key.encode()) for key in keys),
            b"".join(_message(4, _value(value)) for _, value in values),
            _number(5, EXTENT),
            _number(15, 2),
        )
    )


def _feature(feature: Feature, keys: dict[str, int], values: dict[tuple[type, Value], int]) -> bytes:
    tags: list[int] = []
    for key, value in feature.properties.items():
        tags += (keys.setdefault(key, len(keys)), values.setdefault((type(value), value), len(values)))
    kind, commands = _geometry(feature.geometry)
    return _message(2, _packed(tags)) + _number(3, kind) + _message(4, _packed(commands))


def _geometry(geometry: BaseGeometry) -> tuple[int, list[int]]:
    pen = _Pen()
    parts = list(shapely.get_parts(geometry))
    kinds = {part.geom_type for part in parts}
    if kinds == {"Point"}:
        pen.points([_whole(part)[0] for part in parts])
        return _POINT, pen.commands
    if kinds == {"LineString"}:
        for part in parts:
            pen.path(_whole(part))
        return _LINE, pen.commands
    if kinds != {"Polygon"}:
        message = f"a feature of one kind was expected, not {sorted(kinds)}"
        raise ValueError(message)
    for part in parts:
        # Seen with y down the outer ring runs clockwise: in the numbers themselves that is a positive area.
        turned = shapely.orient_polygons(part, exterior_cw=False)
        for ring in (turned.exterior, *turned.interiors):
            pen.path(_whole(ring)[:-1], closed=True)
    return _POLYGON, pen.commands


def _whole(geometry: BaseGeometry) -> list[tuple[int, int]]:
    points = [(int(x), int(y)) for x, y in geometry.coords]
    if any(tuple(exact) != rounded for exact, rounded in zip(geometry.coords, points, strict=True)):
        message = "a vertex is not on the grid"
        raise ValueError(message)
    return points


class _Pen:
    """Writes the command integers of a geometry; each place is told relative to the one before."""

    def __init__(self) -> None:
        self.commands: list[int] = []
        self._at = (0, 0)

    def points(self, points: Sequence[tuple[int, int]]) -> None:
        self._to(_MOVE, points)

    def path(self, points: Sequence[tuple[int, int]], *, closed: bool = False) -> None:
        self._to(_MOVE, points[:1])
        self._to(_DRAW, points[1:])
        if closed:
            self.commands.append(_CLOSE | 1 << 3)

    def _to(self, command: int, points: Sequence[tuple[int, int]]) -> None:
        self.commands.append(command | len(points) << 3)
        for x, y in points:
            self.commands += (_zigzag(x - self._at[0]), _zigzag(y - self._at[1]))
            self._at = (x, y)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > _SEVEN_BITS:
        out.append(number & _SEVEN_BITS | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _packed(numbers: Iterable[int]) -> bytes:
    return b"".join(map(_varint, numbers))


def _number(tag: int, number: int) -> bytes:
    return _varint(tag << 3 | _VARINT) + _varint(number)


def _message(tag: int, content: bytes) -> bytes:
    return _varint(tag << 3 | _BYTES) + _varint(len(content)) + content


def _value(value: Value) -> bytes:
    if isinstance(value, str):
        return _message(1, value.encode())
    if isinstance(value, bool):
        return _number(7, int(value))
    return _number(6, _zigzag(value))
