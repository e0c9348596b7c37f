"""What access needs: the catalogue's Items, and rasters opened for the one who asks."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from thalweg.core.coverages import RasterFacts
from thalweg.core.principals import Principal

Pixels = NDArray[Any]
Valid = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of pixels of one level of a raster: ``[column, column + width)``, ``[row, row + height)``."""

    column: int
    row: int
    width: int
    height: int


class Placement(Protocol):
    """How a raster lies on the ground, in two steps: one is smooth and may be interpolated, the other cheap."""

    @property
    def crs(self) -> str:
        """Return the WKT of the CRS that ``smooth`` takes."""
        ...

    def smooth(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return what may be interpolated between neighbours, from coordinates in the CRS."""
        ...

    def pixels(self, u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return columns and rows (0 at the outer edge of the first pixel) from what ``smooth`` gave."""
        ...


@dataclass(frozen=True, slots=True)
class Opened:
    """What is known of an opened raster.

    Attributes:
        key: names the file and its version; caches are keyed by it.
        levels: (rows, columns) of the full resolution and of each overview, largest first.
        palette: colours (0–255, with opacity) by value, where the file carries them.
    """

    key: str
    facts: RasterFacts
    placement: Placement
    levels: tuple[tuple[int, int], ...]
    palette: Mapping[int, tuple[int, int, int, int]] | None


class Rasters(Protocol):
    """The rasters in the workspaces' files; every call is made as somebody."""

    def version(self, workspace: str, path: str, who: Principal) -> str:
        """Return the key of the file as it is now, without opening it; raise ``NotFound``."""
        ...

    def opened(self, workspace: str, path: str, who: Principal) -> Opened:
        """Return what is known of a raster.

        Raises:
            NotFound: there is no such file for ``who``.
            UnsupportedMedia: it is no raster that is read here.
            InvalidParameter: it is, but broken, or has no place on the globe.
        """
        ...

    def lent(self, workspace: str, path: str, who: Principal, level: int) -> AbstractContextManager["Level"]:
        """Lend one level of a raster for reading, to one thread at a time."""
        ...


class Level(Protocol):
    """One resolution of an opened raster."""

    def read(
        self, bands: tuple[int, ...], window: Window, shape: tuple[int, int], *, smooth: bool
    ) -> tuple[Pixels, Valid]:
        """Read bands (1-based) of a window, resampled to ``shape`` by averages (``smooth``) or nearest neighbours.

        Returns:
            (bands, rows, columns) as stored; (rows, columns) true where a pixel holds something.
        """
        ...
