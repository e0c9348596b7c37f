"""How long Items take to be here: the time between what they show and their coming."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from thalweg.catalogue.freshness.columns import Columns
from thalweg.catalogue.freshness.presence import DAY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thalweg.catalogue.freshness.columns import Times

DATED = 500
"""Of so many of the newest Items it is told when they came."""
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


def lags(spans: "Sequence[int] | Times") -> Lags | None:
    """Return the percentiles of lags; nothing where there are none.

    Source: Hyndman and Fan (1996), definition 7: linear between the order statistics.
    """
    if not len(spans):
        return None
    p50, p90, p99 = np.quantile(np.asarray(spans, np.float64), _SHARES).tolist()
    return Lags(len(spans), p50, p90, p99)


def registered_lags(columns: Columns) -> Lags | None:
    """Return how long the newest Items took to come here; of those whose time of coming is known."""
    return lags(columns.newest(DATED).lags("registered"))


def created_lags(columns: Columns) -> Lags | None:
    """Return how long Items took to be made, as their writers say."""
    return lags(columns.lags("created"))


def delay_of(columns: Columns) -> int:
    """Return the delay to wait for an Item: nine of ten came sooner, here or where they were made, whichever is less.

    What was loaded years later says nothing of how long one waits, and more than 60 days is no waiting.
    """
    found = [one.p90 for one in (registered_lags(columns), created_lags(columns)) if one and one.count >= _ENOUGH]
    plausible = [round(one) for one in found if 0 <= one <= _MOST_DELAY]
    return min(plausible, default=0)
