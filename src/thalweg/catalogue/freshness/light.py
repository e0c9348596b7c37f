"""How high the sun stands at noon: where it hardly rises, nobody takes pictures by its light."""

from typing import TYPE_CHECKING

import numpy as np

from thalweg.catalogue.freshness.presence import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from thalweg.catalogue.freshness.columns import Times

_YEAR = 365.2425 * DAY


def noon_elevations(latitude: "float | NDArray[np.float32]", times: "Times") -> "NDArray[np.float64]":
    """Return how high the sun stands at local noon.

    Args:
        latitude: degrees, north positive; one, or (n,).
        times: (n,) ms since 1970.

    Returns:
        (n,) degrees above the horizon, negative where it does not rise; right to about a degree.

    Source: the declination of Cooper (1969), 23.45° sin(2π (284 + day of the year) / 365); at noon the elevation is
    90° less the difference of latitude and declination.
    """
    days = (times % _YEAR) / DAY + 1
    declination = 23.45 * np.sin(2 * np.pi * (284 + days) / 365)
    return np.asarray(90 - np.abs(latitude - declination), np.float64)
