"""Places that part the list of changes: it is read in stretches of a known length, by whoever cannot hold a token."""

import apsw
import orjson

from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.core.queries import Token

_MILESTONES = """
SELECT u, n FROM (
    SELECT u, n, row_number() OVER changed AS place, lead(n) OVER changed AS further
    FROM item WHERE k IN (SELECT value FROM json_each(?1)) WINDOW changed AS (ORDER BY u, n)
) WHERE place % ?2 = 0 AND further IS NOT NULL ORDER BY place
"""


def milestones(connection: apsw.Connection, every: int, seen: Seen) -> tuple[Token, ...]:
    """Return each so-manieth place that another follows, of what is there and may be seen."""
    asked = (orjson.dumps(seen.numbers).decode(), every)
    return tuple(Token((int(u), int(n))) for u, n in connection.execute(_MILESTONES, asked))
