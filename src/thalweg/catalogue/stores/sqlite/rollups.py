"""How many Items there are, by Collection, class and time: counted in the transaction that changes it."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from dataclasses import dataclass, field
from typing import Any

import apsw

from thalweg.catalogue.times import Times

DAY = 86_400_000
_TALLY = """
INSERT INTO tally (c, k, n, t_max, span) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT DO UPDATE SET n = n + ?3, t_max = max(t_max, ?4), span = max(span, ?5) RETURNING n
"""
_ROLL_DAY = "INSERT INTO roll_day (c, day, k, n) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + ?4"
_ROLL_MON = "INSERT INTO roll_mon (c, mon, k, n) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET n = n + ?4"
_FILLED = "UPDATE state SET value = value + 1 WHERE name = 'filled'"
_ALL = 0
"""The number that stands for all Collections."""


@dataclass(slots=True)
class _Sum:
    items: int = 0
    newest: int = -(2**62)
    longest: int = 0
    days: dict[int, int] = field(default_factory=dict)


class Tallies:
    """The changes of one transaction, summed up and written at its end."""

    def __init__(self) -> None:
        self._sums: dict[tuple[int, int], _Sum] = {}

    def add(self, c: int, k: int, times: Times) -> None:
        """Count an Item that came."""
        self._count(c, k, times, 1)

    def take(self, c: int, k: int, times: Times) -> None:
        """Count an Item that went."""
        self._count(c, k, times, -1)

    def _count(self, c: int, k: int, times: Times, number: int) -> None:
        day = times.at // DAY
        for place in ((c, k), (_ALL, k)):
            found = self._sums.get(place)
            if found is None:
                found = self._sums[place] = _Sum()
            found.items += number
            found.newest = max(found.newest, times.at)
            found.longest = max(found.longest, times.last - times.first)
            found.days[day] = found.days.get(day, 0) + number

    def write(self, connection: apsw.Connection) -> None:
        """Write them."""
        for (c, k), found in self._sums.items():
            after: int = connection.execute(_TALLY, (c, k, found.items, found.newest, found.longest)).get
            if c == _ALL and 0 < after <= found.items:
                connection.execute(_FILLED)
            days = {day: number for day, number in found.days.items() if number}
            connection.executemany(_ROLL_DAY, [(c, day, k, number) for day, number in days.items()])
            months: dict[int, int] = {}
            for day, number in days.items():
                month = month_of(day)
                months[month] = months.get(month, 0) + number
            connection.executemany(_ROLL_MON, [(c, month, k, number) for month, number in months.items()])


def month_of(day: int) -> int:
    """Return a day since 1970 as 12 × year + month - 1.

    Source: H. Hinnant, chrono-compatible low-level date algorithms, civil_from_days.
    """
    shifted = day + 719_468
    era, of_era = divmod(shifted, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    place = (5 * of_year + 2) // 153
    month = place + 2 if place < 10 else place - 10  # noqa: PLR2004 - years begin in March there
    return 12 * (year + 400 * era + (month < 2)) + month  # noqa: PLR2004


def recount(connection: apsw.Connection, c: int) -> None:
    """Count the Items of a Collection again."""
    for table in ("tally", "roll_day", "roll_mon"):
        connection.execute(f"DELETE FROM {table} WHERE c = ?", (c,))
    connection.execute(
        "INSERT INTO tally (c, k, n, t_max, span) SELECT c, k, count(*), max(t), max(lead + lag) FROM item WHERE c = ?"
        " GROUP BY k",
        (c,),
    )
    connection.execute(
        "INSERT INTO roll_day (c, day, k, n) SELECT c, CAST(floor(t / 86400000.0) AS INTEGER) AS day, k, count(*)"
        " FROM item WHERE c = ? GROUP BY day, k",
        (c,),
    )
    rows: Any = connection.execute("SELECT day, k, n FROM roll_day WHERE c = ?", (c,)).fetchall()
    connection.executemany(_ROLL_MON, [(c, month_of(day), k, n) for day, k, n in rows])


def sum_up(connection: apsw.Connection) -> None:
    """Sum what all Collections have up again."""
    for table in ("tally", "roll_day", "roll_mon"):
        connection.execute(f"DELETE FROM {table} WHERE c = 0")
    connection.execute("INSERT INTO tally SELECT 0, k, sum(n), max(t_max), max(span) FROM tally GROUP BY k")
    connection.execute("INSERT INTO roll_day SELECT 0, day, k, sum(n) FROM roll_day GROUP BY day, k")
    connection.execute("INSERT INTO roll_mon SELECT 0, mon, k, sum(n) FROM roll_mon GROUP BY mon, k")
    connection.execute(_FILLED)
