"""What harvest needs of others."""

from pathlib import Path
from typing import Protocol

from thalweg.core.coverages import RasterFacts


class ImageDescriber(Protocol):
    """Knows image files: by their bytes, never by their names."""

    def describe(self, file: Path) -> RasterFacts:
        """Say what is known of an image.

        Raises:
            UnsupportedMedia: it is no image that can be read here.
            InvalidParameter: it is broken, or does not say where it lies.
            TooLarge: it cannot be read within the platform's bounds.
        """
        ...

    def optimize(self, file: Path, into: Path) -> None:
        """Write the same image, pixel for pixel, as a Cloud Optimized GeoTIFF.

        Raises:
            InvalidParameter: some of its pixels cannot be read.
        """
        ...
