"""Derive the demo image from the Landsat-7 scene in Debian's package r-cran-stars; run it again to check the result.

Usage: python scripts/demo_image.py [L7_ETMs.tif]

Without an argument the scene is taken from the Debian package (``apt-get download``, ``dpkg-deb -x``). Written are, in
``src/thalweg/app/demo``: ``olinda.tif``, a Cloud Optimized GeoTIFF with the same pixels in the same grid, its bands
named; ``olinda.json``, what a person would say of it when adding it; ``PROVENANCE.md``.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import rasterio
import rasterio.shutil

DEMO = Path(__file__).resolve().parents[1] / "src" / "thalweg" / "app" / "demo"
PACKAGE = "r-cran-stars"
IN_PACKAGE = "usr/lib/R/site-library/stars/tif/L7_ETMs.tif"
SOURCE_SHA256 = "3b722bf4470144b6691bf720bac08f47c99464acff4dd258252891c06312678e"
BANDS = ("blue", "green", "red", "nir", "swir16", "swir22")
LARGEST = 1_000_000

TOLD = {
    "title": "Landsat 7, Olinda and Recife",
    # The launch of Landsat 7, and the commit that first published the file: the date itself is not known.
    "datetime": "1999-04-15T00:00:00Z/2017-05-29T12:21:23Z",
    "date_known": False,
    "bands": list(BANDS),
    "platform": "landsat-7",
    "instruments": ["etm+"],
    "provider": "U.S. Geological Survey",
    "license": "other",
    "attribution": "Landsat 7 image courtesy of the U.S. Geological Survey",
}

PROVENANCE = """# Where olinda.tif comes from

`olinda.tif` holds the pixels of `L7_ETMs.tif`, a part of a Landsat-7 ETM+ scene around Olinda and Recife, Brazil
(349 × 352 pixels of 28.5 m, six bands, digital numbers, EPSG:31985), as the R package *stars* ships it.

| what | value |
|---|---|
| source | `{in_package}` in Debian's package `{package}` (public repository: r-spatial/stars, `inst/tif/L7_ETMs.tif`) |
| SHA-256 of the source | `{source}` |
| SHA-256 of the pixels | `{pixels}` (bands × rows × columns, 8 bits, as numpy writes them) |
| licence | Landsat data of the U.S. Geological Survey are in the public domain; the package *stars* is Apache-2.0 |
| made by | `scripts/demo_image.py`, GDAL {gdal} |

Not changed: the grid and every pixel. Added: tiles and an overview (COG), and the bands' names. The file names no
bands; the documentation of *stars* gives them as ETM+ bands 1, 2, 3, 4, 5 and 7, that is blue, green, red, nir,
swir16, swir22, and their spectra over sea, forest and town agree.

The date is not known. `olinda.json` says what is: not before the launch of Landsat 7 (15 April 1999), not after the
file was first published in *stars* (29 May 2017).
"""


def main() -> None:
    """Write the three files, and check them."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(sys.argv[1]) if len(sys.argv) > 1 else from_package(Path(folder))
        digest = hashlib.sha256(source.read_bytes()).hexdigest()
        if digest != SOURCE_SHA256:
            sys.exit(f"{source} is another file: its SHA-256 is {digest}")
        DEMO.mkdir(parents=True, exist_ok=True)
        pixels = derive(source, Path(folder) / "named.tif", DEMO / "olinda.tif")
    size = (DEMO / "olinda.tif").stat().st_size
    if size > LARGEST:
        sys.exit(f"olinda.tif has {size} bytes; it should have {LARGEST} at most")
    (DEMO / "olinda.json").write_text(json.dumps(TOLD, indent=2) + "\n")
    said = PROVENANCE.format(
        in_package=IN_PACKAGE, package=PACKAGE, source=SOURCE_SHA256, pixels=pixels, gdal=rasterio.__gdal_version__
    )
    (DEMO / "PROVENANCE.md").write_text(said)
    print(f"olinda.tif: {size} bytes, pixels {pixels}")


def from_package(folder: Path) -> Path:
    """Return the scene, unpacked from the Debian package."""
    subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, check=True)
    (package,) = folder.glob(f"{PACKAGE}_*.deb")
    subprocess.run(["dpkg-deb", "-x", package, folder / "unpacked"], check=True)
    return folder / "unpacked" / IN_PACKAGE


def derive(source: Path, named: Path, into: Path) -> str:
    """Write the COG; return the digest of its pixels, which are the source's."""
    with rasterio.open(source, driver="GTiff") as scene:
        pixels = scene.read()
        profile = {"crs": scene.crs, "transform": scene.transform, "dtype": scene.dtypes[0]}
        shape = {"count": scene.count, "height": scene.height, "width": scene.width}
    with rasterio.open(named, "w", driver="GTiff", photometric="MINISBLACK", **profile, **shape) as copy:
        copy.write(pixels)
        copy.descriptions = BANDS
    options = {"compress": "DEFLATE", "level": 9, "predictor": "YES", "blocksize": 256}
    rasterio.shutil.copy(named, into, driver="COG", overview_resampling="AVERAGE", **options)
    with rasterio.open(into) as made:
        if not (np.array_equal(made.read(), pixels) and made.transform == profile["transform"]):
            sys.exit("olinda.tif does not hold the pixels of its source")
    return hashlib.sha256(pixels.tobytes()).hexdigest()


if __name__ == "__main__":
    main()
