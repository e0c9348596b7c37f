"""Room in partitions that other programs have bounded in time, or divided by month, as their loads do."""

from collections.abc import Sequence

from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.pgstac.collections import ALL
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.times import Times

_DIVIDED = "SELECT id, key, partition_trunc FROM pgstac.collections WHERE id = ANY (%s) ORDER BY key"
_LEAVES = """
SELECT (parse_ident(relid::text))[cardinality(parse_ident(relid::text))]
FROM pg_partition_tree(%s::regclass) WHERE isleaf ORDER BY 1
"""
_ROOM = """
SELECT pgstac.check_partition(
    %(collection)s, tstzrange(min(first), max(first), '[]'), tstzrange(min(last), max(last), '[]'))
FROM unnest(%(firsts)s::bigint[], %(lasts)s::bigint[]) AS ms (one, other)
CROSS JOIN LATERAL (SELECT to_timestamp(one / 1000.0) AS first, to_timestamp(other / 1000.0 + 0.001) AS last) AS time
GROUP BY date_trunc(%(by)s, first AT TIME ZONE 'UTC')
"""


def make_room(connection: Connection, items: Sequence[NewItem]) -> None:
    """Let go of the bounds of the partitions of Items, and make those partitions that are not there."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (ALL,))
    names = sorted({item.collection for item in items})
    for collection, key, by in connection.execute(_DIVIDED, (names,)).fetchall():
        if by is not None:
            times = [item.times for item in items if item.collection == collection]
            connection.execute(_ROOM, {"collection": collection, "by": by, **_ends(times)})
        for (leaf,) in connection.execute(_LEAVES, (f'pgstac."_items_{key}"',)).fetchall():
            connection.execute("SELECT pgstac.drop_table_constraints(%s)", (leaf,))


def _ends(times: Sequence[Times]) -> dict[str, list[int]]:
    return {"firsts": [one.first for one in times], "lasts": [one.last for one in times]}
