"""How long Items take to be here: the time between what they show and their coming."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from thalweg.catalogue.freshness.presence import DAY, Presence

_SHARES = (0.5, 0.9, 0.99)
_ENOUGH = 5
_MOST_DELAY = 60 * DAY


@dataclass(frozen=True, slots=True)
class Lags:
    """Percentiles in ms of ``count`` Items."""

    count: int
    p50: float
    p90: float
    p99: float


def lags(spans: Sequence[int]) -> Lags | None:
    """Return the percentiles of lags; nothing where there are none.

    Source: Hyndman and Fan (1996), definition 7: linear between the order statistics.
    """
    if not spans:
        return None
    ordered = sorted(spans)
    p50, p90, p99 = (_quantile(ordered, share) for share in _SHARES)
    return Lags(len(ordered), p50, p90, p99)


def _quantile(ordered: Sequence[int], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def registered_lags(presences: Sequence[Presence]) -> Lags | None:
    """Return how long Items took to come here; of those whose time of coming is known."""
    return lags([one.registered - one.at for one in presences if one.registered is not None])


def created_lags(presences: Sequence[Presence]) -> Lags | None:
    """Return how long Items took to be made, as their writers say."""
    return lags([one.created - one.at for one in presences if one.created is not None])


def delay_of(presences: Sequence[Presence]) -> int:
    """Return the delay to wait for an Item: nine of ten came sooner, here or where they were made, whichever is less.

    What was loaded years later says nothing of how long one waits, and more than 60 days is no waiting.
    """
    found = [one.p90 for one in (registered_lags(presences), created_lags(presences)) if one and one.count >= _ENOUGH]
    plausible = [round(one) for one in found if 0 <= one <= _MOST_DELAY]
    return min(plausible, default=0)
