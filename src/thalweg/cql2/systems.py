"""A filter whose geometries are in another reference system than longitude and latitude."""

from collections.abc import Callable
from dataclasses import replace

from thalweg.core.expressions import Array, Expression, Operation, Shape
from thalweg.cql2.grounds import Coordinates, moved

Transform = Callable[[Coordinates], Coordinates]
"""Takes and gives (n, 2) coordinates: of the filter's system, x before y, to lon/lat in degrees."""


def with_crs(expression: Expression, transform: Transform) -> Expression:
    """Return a filter that was read with ``globe=False`` with all its geometries in lon/lat.

    Raises:
        InvalidParameter: a geometry lands off the globe.
    """
    match expression:
        case Shape(geojson):
            return Shape(moved(geojson, transform))
        case Operation(arguments=arguments):
            return replace(expression, arguments=tuple(with_crs(one, transform) for one in arguments))
        case Array(items):
            return Array(tuple(with_crs(one, transform) for one in items))
        case _:
            return expression
