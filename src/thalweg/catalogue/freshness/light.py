"""How high the sun stands at noon: where it hardly rises, nobody takes pictures by its light."""

from math import pi, sin

from thalweg.catalogue.freshness.presence import DAY

_YEAR = 365.2425 * DAY


def noon_elevation(latitude: float, at: int) -> float:
    """Return how high the sun stands at local noon.

    Args:
        latitude: degrees, north positive.
        at: ms since 1970.

    Returns:
        degrees above the horizon, negative where it does not rise; right to about a degree.

    Source: the declination of Cooper (1969), 23.45° sin(2π (284 + day of the year) / 365); at noon the elevation is
    90° less the difference of latitude and declination.
    """
    day = (at % _YEAR) / DAY + 1
    declination = 23.45 * sin(2 * pi * (284 + day) / 365)
    return 90 - abs(latitude - declination)
