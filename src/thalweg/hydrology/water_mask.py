"""Where is water: an index of two bands, a threshold that separates, and what must not be looked at."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Mask = NDArray[np.uint8]
Truths = NDArray[np.bool_]
IndexName = Literal["NDWI", "MNDWI"]

LAND, WATER, NO_DATA = 0, 1, 255
BINS = 2048
"""Bins of an index's histogram over −1…1: a threshold is known to ±0.0005, finer than one digital number of 8 bits."""

EDGES: Floats = np.linspace(-1.0, 1.0, BINS + 1)
SEPARABLE = 0.7
"""Least η at which Otsu's threshold is taken: one Gaussian cut at its mean has η = 2/π ≈ 0.64, and so has a desert."""

_SCL_HIDDEN = (0, 1, 3, 8, 9, 10)
_QA_PIXEL_HIDDEN = 0b1_1111


def water_index(green: Floats, other: Floats) -> Floats:
    """Compute the normalised difference of green and a band that water absorbs.

    With the near infrared it is the NDWI, with the short-wave infrared at 1.6 µm the MNDWI, which unlike the NDWI is
    negative over built-up land too. A reflectance below zero (an over-corrected dark pixel) counts as zero, so that
    the index stays within −1…1.

    Args:
        green: any shape; reflectance, or digital numbers of bands with one gain; NaN where there is none.
        other: same shape and unit; near or short-wave infrared.

    Returns:
        Same shape, −1…1; NaN where either is NaN or both are zero.

    Raises:
        ValueError: the shapes differ.

    Source: McFeeters 1996, doi:10.1080/01431169608948714 (NDWI); Xu 2006, doi:10.1080/01431160600589179 (MNDWI).
    """
    if green.shape != other.shape:
        raise ValueError(f"green has the shape {green.shape}, the other band {other.shape}")
    green, other = np.maximum(green, 0.0), np.maximum(other, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        index: Floats = (green - other) / (green + other)
    return index


def histogram(index: Floats) -> Counts:
    """Count the values of an index in ``BINS`` equal bins over −1…1; NaN is passed over.

    Args:
        index: any shape.

    Returns:
        (BINS,) counts; histograms of parts of an image add up to that of the image.
    """
    return np.histogram(index[np.isfinite(index)], EDGES)[0].astype(np.int64)


@dataclass(frozen=True, slots=True)
class Separation:
    """How well one threshold parts an index's values in two.

    Attributes:
        threshold: the index above which the upper class lies; NaN where there is none.
        eta: between-class over total variance, 0…1; 0 where all values are the same.
    """

    threshold: float
    eta: float

    @property
    def parts_water(self) -> bool:
        """Tell whether the upper class may be called water: it separates, and at an index that only water reaches."""
        return self.eta >= SEPARABLE and self.threshold > 0


def otsu(counts: Counts) -> Separation:
    """Find the threshold of greatest between-class variance, and how well it separates.

    Args:
        counts: (BINS,) of an index over −1…1, as ``histogram`` gives them.

    Returns:
        The threshold at an edge of a bin, and η. Where several thresholds part the values alike, because no value
        lies between them, it is the middle of those above 0, if there are any, else the middle of all.

    Source: Otsu 1979, doi:10.1109/TSMC.1979.4310076, equations 14–19; η is his measure of separability.
    """
    total = counts.sum()
    if np.count_nonzero(counts) < 2:  # noqa: PLR2004 - two classes need two values
        return Separation(float("nan"), 0.0)
    centres = (EDGES[:-1] + EDGES[1:]) / 2
    weights = counts / total
    below = np.cumsum(weights)[:-1]
    moment = np.cumsum(weights * centres)
    mean = moment[-1]
    parted = (below > 0) & (below < 1) & (np.cumsum(counts)[:-1] < total)
    between = np.zeros(BINS - 1)
    between[parted] = (mean * below[parted] - moment[:-1][parted]) ** 2 / (below[parted] * (1 - below[parted]))
    best = np.flatnonzero(between >= between.max() * (1 - 1e-12))
    variance = float(np.sum(weights * (centres - mean) ** 2))
    alike = EDGES[best + 1]
    threshold = alike[alike > 0].mean() if (alike > 0).any() else alike.mean()
    return Separation(float(threshold), float(between.max() / variance))


def classify(index: Floats, threshold: float) -> Mask:
    """Call water what lies above the threshold.

    Args:
        index: any shape; NaN where it is not known.
        threshold: −1…1.

    Returns:
        Same shape: 0 land, 1 water, 255 no data.
    """
    mask: Mask = np.where(index > threshold, WATER, LAND).astype(np.uint8)
    mask[np.isnan(index)] = NO_DATA
    return mask


def hidden_by_scl(classes: NDArray[np.integer]) -> Truths:
    """Tell where Sentinel-2's scene classification lets nothing be seen of the ground.

    Args:
        classes: any shape; SCL codes 0–11.

    Returns:
        Same shape: true at 0 no data, 1 saturated or defective, 3 cloud shadow, 8 and 9 cloud, 10 thin cirrus; false at
        2 dark area (deep water often is), 4 vegetation, 5 bare, 6 water, 7 unclassified, 11 snow or ice.

    Source: Sentinel-2 Level-2A Algorithm Theoretical Basis Document, S2-PDGS-MPC-ATBD-L2A, scene classification.
    """
    return np.isin(classes, _SCL_HIDDEN)


def hidden_by_qa_pixel(bits: NDArray[np.integer]) -> Truths:
    """Tell where Landsat's QA_PIXEL lets nothing be seen of the ground.

    Args:
        bits: any shape; QA_PIXEL of Collection 2.

    Returns:
        Same shape: true where bit 0 fill, 1 dilated cloud, 2 cirrus, 3 cloud or 4 cloud shadow is set.

    Source: Landsat 8-9 Collection 2 Level 2 Science Product Guide, LSDS-1619, table 6-3.
    """
    hidden: Truths = (bits & _QA_PIXEL_HIDDEN) != 0
    return hidden
