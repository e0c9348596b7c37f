"""Places that part the list of changes: it is read in stretches of a known length, by whoever cannot hold a token."""

from datetime import UTC, datetime, timedelta

from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.core.queries import Token

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_MILESTONES = """
SELECT at, n, c FROM (
    SELECT at, n, c, row_number() OVER changed AS place, lead(n) OVER changed AS further
    FROM item WHERE k = ANY (%(k)s) WINDOW changed AS (ORDER BY at, n)
) AS changed WHERE place %% %(every)s = 0 AND further IS NOT NULL ORDER BY place
"""


def milestones(connection: Connection, every: int, seen: Seen) -> tuple[Token, ...]:
    """Return each so-manieth place that another follows, of what is there and may be seen."""
    rows = connection.execute(_MILESTONES, {"k": list(seen.numbers), "every": every}).fetchall()
    return tuple(Token(((at - _EPOCH) // _MICROSECOND, 0, n, c, "")) for at, n, c in rows)
