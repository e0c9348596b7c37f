"""What the fork server loads once, so that its children have it: the libraries that take long, and nothing else.

A child sees no database, no object store and no web: none of them is imported from here.
"""

import os

# A library that starts threads before the fork leaves its child with locks that nobody holds.
for _pool in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "GDAL_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")

import cwltool.executors  # noqa: E402 - after the environment is set, here and below
import cwltool.load_tool  # noqa: E402
import cwltool.workflow  # noqa: E402
import numpy as np  # noqa: E402
import pyproj  # noqa: E402
import rasterio.features  # noqa: E402
import rasterio.shutil  # noqa: E402
import rasterio.vrt  # noqa: E402
import rasterio.warp  # noqa: E402
import scipy.ndimage  # noqa: E402
import shapely  # noqa: E402

from thalweg.processing.runners import child, cwl  # noqa: E402

LOADED = (cwltool, np, pyproj, rasterio, scipy, shapely, child, cwl)
