"""What can be told of a Collection's Items without any rule, and beside one: how many, since when, how late."""

from collections.abc import Mapping
from dataclasses import dataclass

from thalweg.catalogue.freshness.clock import by_month
from thalweg.catalogue.freshness.columns import Columns
from thalweg.catalogue.freshness.lags import Lags, created_lags, registered_lags


@dataclass(frozen=True, slots=True)
class Overview:
    """Items as they are; times in ms since 1970.

    Attributes:
        first, newest: of when the first and the last are.
        months: how many Items each month has, by 12 · year + month − 1.
        registered, created: how long Items took to come here, and to be made as their writers say.
        cut: these are the newest of more.
    """

    items: int
    first: int | None
    newest: int | None
    months: Mapping[int, int]
    registered: Lags | None
    created: Lags | None
    cut: bool


def overview(columns: Columns, *, cut: bool) -> Overview:
    """Sum up Items."""
    times = columns.times
    return Overview(
        len(columns),
        int(times.min()) if len(times) else None,
        int(times.max()) if len(times) else None,
        dict(sorted(by_month(times).items())),
        registered_lags(columns),
        created_lags(columns),
        cut,
    )
