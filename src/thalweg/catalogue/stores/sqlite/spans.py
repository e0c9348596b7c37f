"""The first and the last time of many Items: the day from the rollup, the time from that day's Items."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Mapping
from typing import Literal

import apsw

from thalweg.catalogue.stores.sqlite.filters import Value
from thalweg.catalogue.stores.sqlite.rollups import DAY

End = Literal["least", "greatest"]


def end_of(connection: apsw.Connection, end: End, classes: str, within: str, values: Mapping[str, Value]) -> int | None:
    """Return the time, ms since 1970, of the first or last Item that is seen.

    Args:
        connection: reads.
        end: which.
        classes: the condition of what is seen, of rows called ``item``.
        within: the condition of their Collections; ``1`` is all.
        values: what is bound in both.
    """
    down = "DESC" if end == "greatest" else ""
    where = "item.c = 0" if within == "1" else within
    day: int | None = connection.execute(
        f"SELECT day FROM roll_day AS item WHERE {where} AND n > 0 AND {classes} ORDER BY day {down} LIMIT 1",
        values,
    ).get
    if day is None:
        return None
    at: int | None = connection.execute(
        f"SELECT t FROM item WHERE t BETWEEN :day_first AND :day_last AND {within} AND {classes}"
        f" ORDER BY t {down} LIMIT 1",
        {**values, "day_first": day * DAY, "day_last": day * DAY + DAY - 1},
    ).get
    return at
