"""How the Items of a query are found: by id, by place, or by walking; each plan hands on the same Items in order."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count, islice

import apsw
import orjson

from thalweg.catalogue.stores.narrowing import COLUMNS, Narrowed, Row, Value
from thalweg.catalogue.stores.walks import Way, merged
from thalweg.core.geometry import BBox

PROBED = 2_000
"""So many boxes are read from the R*Tree and sorted; where there are more, a walk meets enough of them soon."""
STEPS = 10_000
"""SQLite's steps, some tenths of a ms, between two questions whether to go on."""
WALKED = 200
"""So many times ``STEPS`` a walk may take before it gives way to the R*Tree: what is asked for is old or rare."""
_UNITS_A_MILLISECOND = 100 / (365.25 * 86_400_000)
_MILLENNIUM = 946_684_800_000
"""2000-01-01 in ms since 1970."""


def box_time(milliseconds: int) -> float:
    """Return a time as the R*Tree holds it: 1/100 years from 2000, for 32 bits are coarse."""
    return (milliseconds - _MILLENNIUM) * _UNITS_A_MILLISECOND


def find(connection: apsw.Connection, asked: Narrowed, most: int) -> list[Row]:
    """Return the first Items of the query, ``most`` at the most, in the order asked for."""
    if asked.seen.nothing or asked.collections == ():
        return []
    if asked.ids:
        return _taken(asked, _by_id(connection, asked), most)
    if not asked.grounds:
        return _walked(connection, asked, most)
    few = _probed(connection, asked)
    if few is not None:
        return _taken(asked, _by_number(connection, asked, few), most)
    try:
        budget = count()
        with stopping(connection, lambda: next(budget) >= WALKED):
            return _walked(connection, asked, most)
    except apsw.InterruptError:
        return _taken(asked, _by_box(connection, asked), most)


def _taken(asked: Narrowed, rows: Iterator[Row], most: int) -> list[Row]:
    return list(islice((row for row in rows if asked.meets(row)), most))


def _walked(connection: apsw.Connection, asked: Narrowed, most: int) -> list[Row]:
    ways = _ways(connection, asked)
    return _taken(asked, merged(connection, asked, ways, most), most) if ways else []


def _ways(connection: apsw.Connection, asked: Narrowed) -> list[Way]:
    """Return the ways that hold all Items of the query and the fewest others."""
    if asked.collections is not None:
        listed = orjson.dumps(asked.collections).decode()
        rows = connection.execute(
            "SELECT c, k, span FROM tally WHERE c IN (SELECT value FROM json_each(?)) AND n > 0", (listed,)
        )
        spans: dict[int, int] = {}
        for c, k, span in rows:
            if asked.seen.sees(int(k)):
                spans[int(c)] = max(spans.get(int(c), 0), int(span))
        return [Way.of_collection(c, span) for c, span in spans.items()]
    longest: int = connection.execute("SELECT coalesce(max(span), 0) FROM tally").get
    if asked.seen.few is None:
        return [Way.of_all(longest)]
    return [Way.of_class(k, longest) for k in asked.seen.few if _holds(connection, k)]


def _holds(connection: apsw.Connection, k: int) -> bool:
    return connection.execute("SELECT 1 FROM tally WHERE k = ? AND n > 0 LIMIT 1", (k,)).get is not None


def _by_id(connection: apsw.Connection, asked: Narrowed) -> Iterator[Row]:
    ids = orjson.dumps(sorted(set(asked.ids))).decode()
    rows = _select(
        connection,
        asked,
        "json_each(:ids) AS one CROSS JOIN item INDEXED BY item_by_id ON item.id = one.value",
        {"ids": ids},
    )
    return iter(_sorted(asked, rows))


def _by_number(connection: apsw.Connection, asked: Narrowed, numbers: set[int]) -> Iterator[Row]:
    listed = orjson.dumps(sorted(numbers)).decode()
    source = "json_each(:numbers) AS one CROSS JOIN item ON item.n = one.value"
    return iter(_sorted(asked, _select(connection, asked, source, {"numbers": listed})))


def _sorted(asked: Narrowed, rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row.t, row.n), reverse=not asked.backwards)


def _select(connection: apsw.Connection, asked: Narrowed, source: str, values: dict[str, Value]) -> list[Row]:
    (within, collections), (follows, place) = asked.in_collections(), asked.follows()
    sql = f"SELECT {COLUMNS} FROM {source} WHERE {asked.conditions} AND {within} AND {follows}"  # noqa: S608 - parts of ours
    rows = connection.execute(sql, {**asked.values, **collections, **place, **values})
    return [Row._make(row) for row in rows]


def _probed(connection: apsw.Connection, asked: Narrowed) -> set[int] | None:
    """Return the Items whose boxes meet the query's; nothing where they are many."""
    found: set[int] = set()
    for frame in asked.grounds[0].frames:
        where, values = _in_box(asked, frame)
        sql = f"SELECT id >> 1 FROM box WHERE {where} LIMIT {PROBED + 1 - len(found)}"  # noqa: S608 - parts of ours
        found.update(int(n) for (n,) in connection.execute(sql, values))
        if len(found) > PROBED:
            return None
    return found


def _in_box(asked: Narrowed, frame: BBox, name: str = "") -> tuple[str, dict[str, float]]:
    sides = zip("wsen", frame.numbers(), strict=True)
    values = {f"box_{side}{name}": number for side, number in sides}
    w, s, e, n = (f":{one}" for one in values)
    parts = [f"x0 <= {e} AND x1 >= {w} AND y0 <= {n} AND y1 >= {s}"]
    if asked.first is not None:
        values["box_first"] = box_time(asked.first)
        parts.append("t1 >= :box_first")
    if asked.last is not None:
        values["box_last"] = box_time(asked.last)
        parts.append("t0 <= :box_last")
    return " AND ".join(parts), values


def _by_box(connection: apsw.Connection, asked: Narrowed) -> Iterator[Row]:
    """Yield all Items of the boxes, sorted by SQLite, which uses the disk where they are many."""
    boxes, values = [], dict(asked.values)
    for place, frame in enumerate(asked.grounds[0].frames):
        where, more = _in_box(asked, frame, str(place))
        boxes.append(f"SELECT id >> 1 FROM box WHERE {where}")  # noqa: S608 - parts of ours
        values.update(more)
    (within, collections), (follows, place_values) = asked.in_collections(), asked.follows()
    order = "item.t, item.n" if asked.backwards else "item.t DESC, item.n DESC"
    sql = (
        f"SELECT {COLUMNS} FROM item WHERE item.n IN ({' UNION '.join(boxes)})"  # noqa: S608 - parts of ours
        f" AND {asked.conditions} AND {within} AND {follows} ORDER BY {order}"
    )
    with closing(connection.cursor()) as cursor:
        for row in cursor.execute(sql, {**values, **collections, **place_values}):
            yield Row._make(row)


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
