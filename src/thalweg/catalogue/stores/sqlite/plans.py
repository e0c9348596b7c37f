"""How the Items of a query are found: probed, gathered, or by walking; each plan hands on the same Items in order."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count, islice

import apsw
import orjson

from thalweg.catalogue.stores.sqlite.census import Scope
from thalweg.catalogue.stores.sqlite.narrowing import Narrowed, Probe, Row
from thalweg.catalogue.stores.sqlite.walks import Way, along, merged

PROBED = 2_000
"""So many numbers a probe gives and they are looked at one by one; where there are more, a walk meets enough soon."""
STEPS = 10_000
"""SQLite's steps, some tenths of a ms, between two questions whether to go on."""
WALKED = 100
"""So many times ``STEPS`` a walk may take before it gives way to the probes: what is asked for is old or rare."""
SOON = 10
"""So many times ``STEPS`` a walk may take in any case."""
ROW = 20
"""About so many steps a walk takes for each row."""
WAY = 40
"""What it costs to begin a way, in rows walked."""
SPOKEN = 40
"""So many Items are asked one by one what they say: each costs as much as some thousand hits of a word together."""
VALUED = 4
"""What it costs to come to an Item by a value, in rows gathered."""
HEARD = 300
"""What it costs to ask one Item what it says, in hits of a word that are taken together."""
GROUP = 4
"""What it costs to begin a group of Items that are gathered, in rows walked."""


def find(connection: apsw.Connection, asked: Narrowed, scope: Scope, most: int, known: int | None = None) -> list[Row]:
    """Return the first Items of the query, ``most`` at the most, in the order asked for.

    Args:
        connection: within a reading transaction.
        asked: the query.
        scope: what it goes over.
        most: how many are wanted.
        known: about how many there are in all, where that was counted.
    """
    if asked.seen.nothing or scope.mine == 0:
        return []
    few, probe = _fewest(connection, asked)
    numbers = _small(asked, scope, most, few, probe)
    if numbers is not None:
        return gathered(connection, asked, numbers, most, one_by_one=scope.rows <= SPOKEN)
    if asked.order.timely and not asked.probes:
        return _walked(connection, asked, scope, most)
    if known is not None and asked.probes and _walk_cost(scope, most, known) > WALKED * STEPS / ROW:
        return gathered(connection, asked, thorough(asked), most)
    asked = _listened(connection, asked, scope, most)
    try:
        # Where a walk has met as many rows as the probes find in all, these would have cost no more.
        with budgeted(connection, few * ROW // STEPS if probe is not None and probe.name == "letters" else WALKED):
            return _walked(connection, asked, scope, most) if asked.order.timely else along(connection, asked, most)
    except apsw.InterruptError:
        return gathered(connection, asked, thorough(asked), most)


def _small(asked: Narrowed, scope: Scope, most: int, few: int, probe: Probe | None) -> str | None:
    """Return what selects a few numbers that hold all Items of the query, where it is cheaper to look at each."""
    cost = VALUED * most * scope.total / max(1, scope.mine) if _is_valued(asked) else _walk_cost(scope, most, few)
    if probe is not None and (few <= PROBED or probe.name == "id") and few <= cost:
        return probe.sql
    groups = _groups(scope)
    if groups is None or scope.rows + GROUP * len(scope.groups or ()) > _walk_cost(scope, most, scope.mine):
        return None
    return groups


def _listened(connection: apsw.Connection, asked: Narrowed, scope: Scope, most: int) -> Narrowed:
    """Return the query so that a walk asks all Items at once what they say, where fewer say it than it would ask."""
    said = next((probe for probe in asked.probes if probe.name == "text"), None)
    if said is None:
        return asked
    many = math.isqrt(HEARD * most * scope.total)
    return asked if _hits(connection, asked, said) >= many else replace(asked, spoken=asked.text)


def _hits(connection: apsw.Connection, asked: Narrowed, said: Probe) -> float:
    """Return about how many Items say a text, from how often the first do, who are found in the order of numbers."""
    first = f"SELECT count(*), max(n), (SELECT max(n) FROM item) FROM ({said.counted} LIMIT {PROBED})"
    some, reached, last = connection.execute(first, asked.values).get
    return float(some) if some < PROBED or reached is None else some * last / max(1, reached)


def _is_valued(asked: Narrowed) -> bool:
    """Tell whether the values asked for can be walked in the order asked for, and nothing else is probed."""
    place = asked.order.indexed
    return place is not None and place.q in asked.ranges and len(asked.probes) == 1


def _walk_cost(scope: Scope, most: int, hits: int) -> float:
    """Return how many rows a walk looks at until it has met enough of some Items among all."""
    return most * scope.total / max(1, hits) if hits > most else 2 * scope.total


def _fewest(connection: apsw.Connection, asked: Narrowed) -> tuple[int, Probe | None]:
    """Return the probe that finds the fewest, and how many: about how many, or just too many, where they are many."""
    best: tuple[int, Probe | None] = (PROBED + 1, None)
    for probe in asked.probes:
        number, probed = _probed(connection, asked, probe, best[0])
        if number < best[0] or best[1] is None:
            best = (number, probed)
    return best


def _probed(connection: apsw.Connection, asked: Narrowed, probe: Probe, most: int) -> tuple[int, Probe]:
    """Return how many a probe finds, no less than ``most`` where there are so many, and the probe.

    One that costs much is not asked again.
    """
    if probe.name == "id":
        return 0, probe
    if probe.name == "box":
        return _boxed(connection, asked, probe, most)
    if probe.name != "letters":
        return int(connection.execute(f"SELECT count(*) FROM ({probe.counted} LIMIT {most})", asked.values).get), probe
    sql = f"SELECT count(*), max(n), json_group_array(n) FROM ({probe.counted} LIMIT {most})"
    number, reached, found = connection.execute(sql, asked.values).get
    if number >= most:
        last: int = connection.execute("SELECT max(n) FROM item").get
        return max(most, number * last // max(1, reached)), probe
    asked.values["lettered"] = found
    return number, Probe(probe.name, ("SELECT value AS n FROM json_each(:lettered)",))


def _boxed(connection: apsw.Connection, asked: Narrowed, probe: Probe, most: int) -> tuple[int, Probe]:
    """Return how many boxes meet that of a query, and what selects their numbers.

    The larger the catalogue, the more of the tree is walked for as many: it is walked once.
    """
    # Two frames may find the same Items, one finds each once.
    once = "DISTINCT " if len(probe.each) > 1 else ""
    sql = f"SELECT count(*), json_group_array({once}n) FROM ({probe.counted} LIMIT {most})"
    number, found = connection.execute(sql, asked.values).get
    if number >= most:
        return most, probe
    name = f"boxed{len(asked.values)}"
    asked.values[name] = found
    return number, Probe(probe.name, (f"SELECT value AS n FROM json_each(:{name})",))


def _groups(scope: Scope) -> str | None:
    """Return what selects all Items of the groups."""
    if scope.groups is None or scope.rows > PROBED:
        return None
    listed = orjson.dumps([group.number for group in scope.groups]).decode()
    index, column = ("item_by_class", "k") if scope.by_class else ("item_by_collection", "c")
    return (
        f"SELECT i.n AS n FROM json_each('{listed}') AS one"
        f" CROSS JOIN item AS i INDEXED BY {index} ON i.{column} = one.value"
    )


def cheapest(connection: apsw.Connection, asked: Narrowed, scope: Scope) -> str | None:
    """Return what selects the Items of a query and the fewest others, in no order; nothing for all Items."""
    few, probe = _fewest(connection, asked)
    if probe is not None and few <= PROBED:
        return probe.sql
    return _groups(scope) or thorough(asked)


def thorough(asked: Narrowed) -> str | None:
    """Return what selects the Items that all probes find; nothing where there is no probe."""
    # Of most moments most Items are as they are now: that is looked at in the rows that the others find.
    probes = [probe for probe in asked.probes if probe.name != "change"] or asked.probes
    return " INTERSECT ".join(f"SELECT n FROM ({probe.sql})" for probe in probes) or None


def source(asked: Narrowed, numbers: str | None) -> str:
    """Return the FROM and WHERE of the Items of a query among some numbers, or among all."""
    return f"{_likely(asked, numbers)} AND {asked.exact}"


def _likely(asked: Narrowed, numbers: str | None, *, one_by_one: bool = False) -> str:
    """Return the FROM and WHERE of the Items that are looked at exactly."""
    conditions = f"{asked.cheap} AND {asked.within}"
    if numbers is None:
        return f"item WHERE {conditions} AND {asked.text}"
    # Where the numbers come of the text itself, it is not asked again.
    said = "1" if "txt MATCH" in numbers else asked.spoken if one_by_one else asked.text
    return f"({numbers}) AS found CROSS JOIN item ON item.n = found.n WHERE {conditions} AND {said}"


def gathered(
    connection: apsw.Connection, asked: Narrowed, numbers: str | None, most: int, *, one_by_one: bool = False
) -> list[Row]:
    """Return the first Items among some numbers, or among all, sorted by SQLite; looked at exactly until enough are."""
    likely = f"{_likely(asked, numbers, one_by_one=one_by_one)} AND {asked.follows}"
    sorting = asked.order.sorting(backwards=asked.backwards)
    if asked.exact == "1":
        sql = f"SELECT {asked.columns} FROM {likely} ORDER BY {sorting} LIMIT :most"
    else:
        # The limit of the inner statement keeps it one of its own, whose order the outer one meets Items in.
        inner = f"SELECT item.n AS n FROM {likely} ORDER BY {sorting} LIMIT -1"
        sql = (
            f"SELECT {asked.columns} FROM ({inner}) AS likely CROSS JOIN item ON item.n = likely.n"
            f" WHERE {asked.exact} LIMIT :most"
        )
    return [Row.of(row) for row in connection.execute(sql, {**asked.values, "most": most})]


def _walked(connection: apsw.Connection, asked: Narrowed, scope: Scope, most: int) -> list[Row]:
    return list(islice(merged(connection, asked, ways_of(scope, most), most), most))


def ways_of(scope: Scope, most: int) -> list[Way]:
    """Return the ways that hold all Items of the query and cost the least to walk."""
    if scope.groups is None:
        return [Way.of_all(scope.span)]
    if len(scope.groups) > 1 and WAY * len(scope.groups) > most * scope.total / scope.mine:
        return [Way.of_all(scope.span)]
    if scope.by_class:
        return [Way.of_class(group.number, group.span) for group in scope.groups]
    return [Way.of_collection(group.number, group.span) for group in scope.groups]


@contextmanager
def budgeted(connection: apsw.Connection, most: int = WALKED) -> Iterator[None]:
    """Give the statements of the block inside no more than a walk may take, and about ``most`` times ``STEPS``.

    Raises:
        apsw.InterruptError: they wanted more.
    """
    budget, most = count(), max(SOON, min(most, WALKED))
    with stopping(connection, lambda: next(budget) >= most):
        yield


@contextmanager
def stopping(connection: apsw.Connection, stop: Callable[[], bool]) -> Iterator[None]:
    """Interrupt the statements of the block inside as soon as ``stop`` says so; it is asked every ``STEPS`` steps.

    Raises:
        apsw.InterruptError: it said so.
    """
    connection.set_progress_handler(stop, STEPS, id=stop)
    try:
        yield
    finally:
        connection.set_progress_handler(None, id=stop)
