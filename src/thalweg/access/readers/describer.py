"""What harvest asks of access: to describe a file that a person brings, and to make it quick to draw.

GDAL is loaded with the first image: it takes a third of a second, which nobody pays who brings Items alone.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from thalweg.core.coverages import RasterFacts

if TYPE_CHECKING:
    from rasterio import DatasetReader

_BLOCK = 512


class GdalDescriber:
    """Describes and optimizes through GDAL."""

    def describe(self, file: Path) -> RasterFacts:
        """Say what is known of an image."""
        from thalweg.access.readers.geotiff import describe  # noqa: PLC0415 - see above

        return describe(file)

    def optimize(self, file: Path, into: Path) -> None:
        """Copy into a COG: without loss, in the same grid; classes keep their values in the overviews too."""
        import rasterio.shutil  # noqa: PLC0415 - see above

        from thalweg.access.readers.opening import CLOSED_WORLD, open_raster, translated  # noqa: PLC0415 - see above

        with open_raster(file) as dataset, translated(), rasterio.Env(**CLOSED_WORLD):
            rasterio.shutil.copy(
                dataset,
                into,
                driver="COG",
                compress="DEFLATE",
                predictor="YES",
                level=6,
                blocksize=_BLOCK,
                overview_resampling="NEAREST" if _holds_classes(dataset) else "AVERAGE",
                bigtiff="IF_SAFER",
            )


def _holds_classes(dataset: "DatasetReader") -> bool:
    return dataset.count == 1 and dataset.dtypes[0] in ("uint8", "int8")
