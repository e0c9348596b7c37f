"""How rasters lie on the ground: by an affine grid in a CRS, or by control points."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Transformer, network
from pyproj.exceptions import ProjError

from thalweg.access.ports import Floats, Placement
from thalweg.core.errors import InvalidParameter

if TYPE_CHECKING:
    from scipy.interpolate import RBFInterpolator

network.set_network_enabled(active=False)  # type: ignore[attr-defined] # PROJ must not fetch grids for a file that asks for them

Affine6 = tuple[float, float, float, float, float, float]
CRS84 = "OGC:CRS84"
_TURN = 360.0


@lru_cache(maxsize=256)
def crs_of(text: str) -> CRS:
    """Return the CRS of a code or WKT, cached: parsing one costs milliseconds."""
    return CRS.from_user_input(text)


@lru_cache(maxsize=256)
def transformer(source: str, target: str) -> Transformer:
    """Return the transformation between two CRSs, x before y on both sides.

    Raises:
        InvalidParameter: none leads from one to the other.
    """
    try:
        return Transformer.from_crs(crs_of(source), crs_of(target), always_xy=True)
    except ProjError as error:
        raise InvalidParameter("file", "its coordinate reference system has no way to the globe's") from error


def inverse(grid: Affine6) -> Affine6:
    """Return the six numbers that lead from x, y back to column, row.

    Raises:
        InvalidParameter: the grid is degenerate: its pixels have no area.
    """
    a, b, c, d, e, f = grid
    determinant = a * e - b * d
    if not np.isfinite(determinant) or determinant == 0:
        raise InvalidParameter("file", "its grid is degenerate: a pixel has no area")
    ia, ib, id_, ie = e / determinant, -b / determinant, -d / determinant, a / determinant
    return ia, ib, -(ia * c + ib * f), id_, ie, -(id_ * c + ie * f)


def apply(grid: Affine6, column: Floats, row: Floats) -> tuple[Floats, Floats]:
    """Return x, y of columns and rows."""
    a, b, c, d, e, f = grid
    return a * column + b * row + c, d * column + e * row + f


@dataclass(frozen=True)
class AffinePlacement:
    """An affine grid: ``grid`` leads from column, row to x, y in the CRS."""

    crs: str
    grid: Affine6
    shape: tuple[int, int]

    @cached_property
    def _inverse(self) -> Affine6:
        return inverse(self.grid)

    @cached_property
    def _west(self) -> float | None:
        """The meridian opposite the raster's middle, for a CRS of longitudes: where the globe is cut for it."""
        if not crs_of(self.crs).is_geographic:
            return None
        rows, columns = self.shape
        middle, _ = apply(self.grid, np.array(columns / 2.0), np.array(rows / 2.0))
        return float(middle) - _TURN / 2

    def smooth(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return x and y themselves."""
        return x, y

    def pixels(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return columns and rows; a longitude is taken on the turn of the globe on which the raster lies."""
        x = u if self._west is None else self._west + np.mod(u - self._west, _TURN)
        return apply(self._inverse, x, v)

    def ground(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Return x, y in the CRS of columns and rows."""
        return apply(self.grid, column, row)


@dataclass(frozen=True)
class ControlPoints:
    """A raster tied to the ground by points: thin plate splines go through each of them, both ways.

    Attributes:
        columns, rows, x, y: (n,) of the points; x and y in ``crs``.

    Source: thin plate splines as in scipy's ``RBFInterpolator`` (exact at the points, linear far away).
    """

    crs: str
    columns: Floats
    rows: Floats
    x: Floats
    y: Floats

    @cached_property
    def _turned(self) -> Floats:
        """The points' x on one turn of the globe."""
        if not crs_of(self.crs).is_geographic:
            return self.x
        turned: Floats = np.asarray(self.x - _TURN * np.round((self.x - self.x[0]) / _TURN), dtype=np.float64)
        return turned

    @cached_property
    def _to_pixels(self) -> "RBFInterpolator":
        return _spline(np.column_stack((self._turned, self.y)), np.column_stack((self.columns, self.rows)))

    @cached_property
    def _to_ground(self) -> "RBFInterpolator":
        return _spline(np.column_stack((self.columns, self.rows)), np.column_stack((self._turned, self.y)))

    def smooth(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return columns and rows: splines are too dear for every pixel."""
        turned = x
        if crs_of(self.crs).is_geographic:
            middle = float(np.mean(self._turned))
            turned = x - _TURN * np.round((x - middle) / _TURN)
        found = self._to_pixels(np.column_stack((turned.ravel(), y.ravel())))
        return found[:, 0].reshape(x.shape), found[:, 1].reshape(x.shape)

    def pixels(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return what ``smooth`` gave."""
        return u, v

    def ground(self, column: Floats, row: Floats) -> tuple[Floats, Floats]:
        """Return x, y in the CRS of columns and rows."""
        found = self._to_ground(np.column_stack((column.ravel(), row.ravel())))
        return found[:, 0].reshape(column.shape), found[:, 1].reshape(column.shape)

    def affine(self) -> Affine6:
        """Return the affine grid that fits the points best (ordinary least squares)."""
        design = np.column_stack((self.columns, self.rows, np.ones_like(self.rows)))
        (a, d), (b, e), (c, f) = np.linalg.lstsq(design, np.column_stack((self._turned, self.y)), rcond=None)[0]
        return float(a), float(b), float(c), float(d), float(e), float(f)


def _spline(at: Floats, values: Floats) -> "RBFInterpolator":
    from scipy.interpolate import RBFInterpolator  # noqa: PLC0415 - costs a third of a second, few rasters need it

    try:
        return RBFInterpolator(at, values, kernel="thin_plate_spline")
    except (ValueError, np.linalg.LinAlgError) as error:
        raise InvalidParameter("file", "its control points do not tie it to the ground: they lie on a line") from error


if TYPE_CHECKING:
    _keep_their_promise: tuple[type[Placement], ...] = (AffinePlacement, ControlPoints)
