"""Which reference system a ``srsName`` means, and in which order its coordinates come.

A URN or a URI of the OGC's register names a system with its authority's axes: EPSG 4326 has latitude first. A bare
``EPSG:4326``, and the old ``…/epsg.xml#4326``, come from a time when x stood before y. CRS84 is longitude first however
it is written. Where nothing is named it is longitude and latitude, as the boxes of GeoJSON are.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from thalweg.catalogue.crs import CRS84, reference_system
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from collections.abc import Sequence

_CODE = re.compile(
    r"(?P<authority>urn:(?:x-)?ogc:def:crs:EPSG:[^:]*:|https?://www\.opengis\.net/def/crs/EPSG/[^/]+/)(?P<code>\d{4,6})"
    r"|(?P<bare>EPSG:|https?://www\.opengis\.net/gml/srs/epsg\.xml#)(?P<number>\d{4,6})",
    re.IGNORECASE,
)
_LON_LAT = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:OGC:[^:]*:CRS84h?|https?://www\.opengis\.net/def/crs/OGC/[^/]+/CRS84h?|(?:OGC|CRS):(?:CRS)?84)",
    re.IGNORECASE,
)
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_LONGEST = 256
_WGS84 = 4326


class Axes:
    """How coordinates of one ``srsName`` become longitude and latitude."""

    def __init__(self, code: int | None, *, by_authority: bool) -> None:
        self._turned = by_authority and code == _WGS84
        foreign = code is not None and code != _WGS84
        self._system = reference_system(f"{_EPSG}{code}", "srsName") if foreign else None
        self._flipped = self._system is not None and not by_authority and self._system.turned

    def lonlat(self, positions: Sequence[tuple[float, float]]) -> list[list[float]]:
        """Return positions, two numbers each in the order they were written, in longitude and latitude."""
        if self._system is None:
            return [[y, x] if self._turned else [x, y] for x, y in positions]
        given = np.array([(y, x) if self._flipped else (x, y) for x, y in positions], dtype=np.float64)
        found: list[list[float]] = self._system.to_lonlat(given.reshape(-1, 2)).tolist()
        return found

    def box(self, numbers: Sequence[float]) -> list[float]:
        """Return west, south, east and north of a lower and an upper corner; west > east crosses the antimeridian."""
        if self._system is None:
            (west, south), (east, north) = self.lonlat([(numbers[0], numbers[1]), (numbers[2], numbers[3])])
            return [west, south, east, north]
        one, two, three, four = numbers
        turned = [two, one, four, three] if self._flipped else [one, two, three, four]
        return self._system.box(turned, "srsName").numbers()


@lru_cache(maxsize=256)
def axes_of(srs_name: str | None) -> Axes:
    """Return how coordinates of a system are read.

    Raises:
        InvalidParameter: the system is not known here.
    """
    if srs_name is None or not srs_name.strip():
        return Axes(None, by_authority=False)
    name = srs_name.strip()
    if name == CRS84 or _LON_LAT.fullmatch(name):
        return Axes(None, by_authority=False)
    found = _CODE.fullmatch(name) if len(name) <= _LONGEST else None
    if found is None:
        raise InvalidParameter("srsName", f"{name[:128]!r} is no reference system that is known here")
    return Axes(int(found["code"] or found["number"]), by_authority=found["authority"] is not None)
