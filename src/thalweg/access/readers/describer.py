"""What harvest asks of access: to describe a file that a person brings, and to make it quick to draw."""

from pathlib import Path

import rasterio
import rasterio.shutil

from thalweg.access.readers.geotiff import describe
from thalweg.access.readers.opening import CLOSED_WORLD, open_raster, translated
from thalweg.core.coverages import RasterFacts

_BLOCK = 512


class GdalDescriber:
    """Describes and optimizes through GDAL."""

    def describe(self, file: Path) -> RasterFacts:
        """Say what is known of an image."""
        return describe(file)

    def optimize(self, file: Path, into: Path) -> None:
        """Copy into a COG: without loss, in the same grid; classes keep their values in the overviews too."""
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


def _holds_classes(dataset: rasterio.DatasetReader) -> bool:
    return dataset.count == 1 and dataset.dtypes[0] in ("uint8", "int8")
