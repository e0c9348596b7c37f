"""What can be told of a Collection's Items without any rule, and beside one: how many, since when, how late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from thalweg.catalogue.freshness.clock import by_month
from thalweg.catalogue.freshness.lags import Lags, created_lags, registered_lags
from thalweg.catalogue.freshness.presence import Presence


@dataclass(frozen=True, slots=True)
class Overview:
    """Items as they are; times in ms since 1970.

    Attributes:
        months: how many Items each month has, by 12 · year + month − 1.
        registered, created: how long Items took to come here, and to be made as their writers say.
        cut: these are the newest of more.
    """

    items: int
    first: int | None
    newest: Presence | None
    months: Mapping[int, int]
    registered: Lags | None
    created: Lags | None
    cut: bool


def overview(presences: Sequence[Presence], *, cut: bool) -> Overview:
    """Sum up Items."""
    newest = max(presences, key=lambda one: (one.at, one.id), default=None)
    return Overview(
        len(presences),
        min((one.at for one in presences), default=None),
        newest,
        dict(sorted(by_month(one.at for one in presences).items())),
        registered_lags(presences),
        created_lags(presences),
        cut,
    )
