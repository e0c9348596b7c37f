"""How sure something is that was seen to be so a number of times."""

from math import sqrt

_Z = 1.96


def lower_bound(hits: int, trials: int) -> float:
    """Return the least share that so many hits of so many trials leave likely: 0 to 1.

    Source: the lower end of the 95 % score interval of Wilson (1927); of few trials it says little, as it should.
    """
    if trials <= 0:
        return 0.0
    share, square = hits / trials, _Z * _Z
    middle = share + square / (2 * trials)
    spread = _Z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    return max(0.0, (middle - spread) / (1 + square / trials))
