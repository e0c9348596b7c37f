"""How many Items a query finds: from the tally where it knows, else counted as far as is asked."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

import time

import apsw

from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed
from thalweg.catalogue.stores.sqlite.plans import cheapest, source, stopping

_ALL = 2**62


def count(connection: apsw.Connection, asked: Narrowed, scope: Scope, most: int, seconds: float = 0.0) -> int | None:
    """Return how many Items there are, ``None`` for more than ``most`` that take longer than ``seconds`` to count."""
    if asked.seen.nothing or scope.mine == 0:
        return 0
    if asked.plain and asked.first is None and asked.last is None:
        return tallied(connection, asked)
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {source(asked, cheapest(connection, asked, scope))} LIMIT :most)"
    if seconds:
        until = time.thread_time() + seconds
        try:
            with stopping(connection, lambda: time.thread_time() > until):
                return int(connection.execute(sql, {**asked.values, "most": _ALL}).get)
        except apsw.InterruptError:
            pass
    found: int = connection.execute(sql, {**asked.values, "most": most + 1}).get
    return found if found <= most else None


def tallied(connection: apsw.Connection, asked: Narrowed) -> int:
    """Return how many Items the tally knows of."""
    found: int = connection.execute(
        f"SELECT coalesce(sum(item.n), 0) FROM tally AS item WHERE {of_tables(asked)}",
        asked.values,
    ).get
    return found


def of_tables(asked: Narrowed) -> str:
    """Return the condition by which rows of the tally and the rollups, called ``item``, count for a query."""
    within = "item.c = 0" if asked.collections is None else asked.within
    return f"{within} AND {asked.classes}"
