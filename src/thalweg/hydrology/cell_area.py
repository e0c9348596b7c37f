"""How much ground a cell of a raster covers: on the ellipsoid, whatever the projection."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.transform import Affine

Floats = NDArray[np.float64]

_SEMI_MAJOR = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)
_WGS84 = CRS.from_epsg(4326)
_LONGEST_STEP = 20_000.0
_MOST_CELLS = 64


@dataclass(frozen=True)
class CellAreas:
    """The geodesic area of every cell of a grid, on WGS84.

    A cell's corners are carried into an equal-area projection of the ellipsoid (Lambert's azimuthal, centred on the
    grid), in which the area of their quadrilateral is the area on the ground. That is done for the cells of a lattice,
    64 cells or 20 km wide, whichever is less, and interpolated linearly between them: the area of a cell changes
    smoothly, and the relative error of doing so is below h²/8R² ≈ 1.3e-6. Where the grid is of longitude and latitude
    and stands upright, the area of a cell is the closed form for a quadrangle between two parallels.

    Attributes:
        crs: of the grid, anything that pyproj reads.
        transform: column, row → x, y in that CRS.
        shape: rows, columns.

    Source: Snyder 1987, Map Projections: A Working Manual, USGS Professional Paper 1395, equations 3-12 and 24-1 ff.
    """

    crs: str
    transform: Affine
    shape: tuple[int, int]

    def window(self, rows: slice, columns: slice) -> Floats:
        """Return the areas of a window's cells.

        Args:
            rows: of the grid, with start and stop.
            columns: likewise.

        Returns:
            (rows, columns) m².
        """
        lattice_rows, lattice_columns, areas = self._lattice
        at_rows = np.arange(rows.start, rows.stop, dtype=np.float64)
        at_columns = np.arange(columns.start, columns.stop, dtype=np.float64)
        first = max(int(np.searchsorted(lattice_rows, at_rows[0], side="right")) - 1, 0)
        last = int(np.searchsorted(lattice_rows, at_rows[-1], side="left")) + 1
        along = np.stack([np.interp(at_columns, lattice_columns, line) for line in areas[first:last]])
        place = np.clip(np.interp(at_rows, lattice_rows[first:last], np.arange(len(along))), 0, len(along) - 1)
        above = np.minimum(place.astype(np.intp), max(len(along) - 2, 0))
        share = (place - above)[:, None]
        blended: Floats = along[above] * (1 - share) + along[np.minimum(above + 1, len(along) - 1)] * share
        return blended

    @cached_property
    def _lattice(self) -> tuple[Floats, Floats, Floats]:
        crs = CRS.from_user_input(self.crs)
        upright = self.transform.b == 0 == self.transform.d
        if crs.is_geographic and upright and crs.axis_info[0].unit_name.startswith("degree"):
            rows = np.arange(self.shape[0], dtype=np.float64)
            return rows, np.array([0.0]), self._quadrangles(rows)[:, None]
        step = self._step(crs)
        rows, columns = (_nodes(length, step) for length in self.shape)
        return rows, columns, self._quadrilaterals(crs, rows, columns)

    def _quadrangles(self, rows: Floats) -> Floats:
        north = np.radians(np.clip(self.transform.f + self.transform.e * np.stack([rows, rows + 1]), -90, 90))
        authalic = _authalic(north)
        areas: Floats = np.abs(authalic[1] - authalic[0]) * abs(np.radians(self.transform.a)) * _SEMI_MAJOR**2 / 2
        return areas

    def _quadrilaterals(self, crs: CRS, rows: Floats, columns: Floats) -> Floats:
        middle = _placed(self.transform, np.array(self.shape[1] / 2), np.array(self.shape[0] / 2))
        longitude, latitude = Transformer.from_crs(crs, _WGS84, always_xy=True).transform(*middle)
        equal_area = CRS.from_proj4(f"+proj=laea +lat_0={latitude} +lon_0={longitude} +datum=WGS84 +units=m")
        carry = Transformer.from_crs(crs, equal_area, always_xy=True).transform
        corners = []
        for down, right in ((0, 0), (0, 1), (1, 1), (1, 0)):
            column, row = np.meshgrid(columns + right, rows + down)
            corners.append(carry(*_placed(self.transform, column, row)))
        return _shoelace(corners)

    def _step(self, crs: CRS) -> int:
        metres = crs.axis_info[0].unit_conversion_factor if crs.is_projected else np.pi / 180 * _SEMI_MAJOR
        width = max(np.hypot(self.transform.a, self.transform.d), np.hypot(self.transform.b, self.transform.e)) * metres
        return int(np.clip(_LONGEST_STEP / width, 1, _MOST_CELLS))


def _placed(transform: Affine, column: Floats, row: Floats) -> tuple[Floats, Floats]:
    a, b, c, d, e, f = transform[:6]
    return a * column + b * row + c, d * column + e * row + f


def _nodes(length: int, step: int) -> Floats:
    nodes = np.arange(0, length, step, dtype=np.float64)
    return nodes if nodes[-1] == length - 1 else np.append(nodes, float(length - 1))


def _shoelace(corners: Sequence[tuple[Floats, Floats]]) -> Floats:
    """Return the area of quadrilaterals; their corners are taken from the first, so that no digits cancel."""
    x = [corner[0] - corners[0][0] for corner in corners]
    y = [corner[1] - corners[0][1] for corner in corners]
    twice = sum(x[i] * y[(i + 1) % 4] - x[(i + 1) % 4] * y[i] for i in range(4))
    areas: Floats = np.abs(np.asarray(twice, dtype=np.float64)) / 2
    return areas


def _authalic(latitude: Floats) -> Floats:
    """Return Snyder's q (equation 3-12): the area between the equator and a parallel is π a² q."""
    e, sine = np.sqrt(_E2), np.sin(latitude)
    q: Floats = (1 - _E2) * (sine / (1 - _E2 * sine**2) + np.arctanh(e * sine) / e)
    return q
