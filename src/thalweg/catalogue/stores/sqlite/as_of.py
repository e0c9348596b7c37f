"""Items as they were at a time: versions of the past that lasted then, found by what they said, beside what is since.

The Items of a time are those that are as they were then, found as ever with one more condition, and the versions of the
past that began before and ended after it. Who may see an Item of then must be let see it by its class of today, and by
the class that the version had: what was hidden does not come to light when an Item is opened later.
"""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import apsw
import orjson

from thalweg.catalogue.footprints import Ground
from thalweg.catalogue.stores.sqlite.bodies import Bodies
from thalweg.catalogue.stores.sqlite.chains import document_at
from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.catalogue.stores.sqlite.narrowing import FEW, Narrowed, Narrowing, Probe, Row
from thalweg.catalogue.stores.sqlite.places import DOCUMENT, Place, Places
from thalweg.catalogue.stores.sqlite.texts import said_by
from thalweg.catalogue.times import milliseconds
from thalweg.catalogue.words import words_of_item
from thalweg.core.queries import ItemQuery

_DOCUMENT = "of_past({number}, item.n, item.v)"
_TODAY = (
    "ifnull((SELECT now.k FROM item AS now WHERE now.n = item.n),"
    " (SELECT gone.k FROM gone WHERE gone.c = item.c AND gone.id = item.id))"
)
"""The class of an Item as it is, or as it was last."""


_BOTH = "item.n, item.v, item.c, item.k, item.id, item.t, item.west, item.south, item.east, item.north, item.p"
_EVER = 2**62
_POINT = f"""
WITH asked AS (SELECT c FROM coll WHERE id = :collection)
SELECT n, v, k, k, d, z FROM item JOIN doc USING (n) WHERE item.id = :id AND item.c = (SELECT c FROM asked) AND u <= :at
UNION ALL
SELECT n, v, k, {_TODAY}, NULL, NULL FROM past AS item WHERE since <= :at AND until > :at AND n IN (
    SELECT n FROM item AS now WHERE now.id = :id AND now.c = (SELECT c FROM asked)
    UNION ALL SELECT n FROM gone WHERE gone.id = :id AND gone.c = (SELECT c FROM asked)
)
"""


class PastPlaces(Places):
    """Where properties of versions stand: in their column p as far as they were kept then, else in their documents."""

    document = _DOCUMENT

    def _of_property(self, name: str, q: int | None) -> Place:
        place = super()._of_property(name, q)
        kept = f"ifnull((SELECT one.g FROM queryable AS one WHERE one.q = {q} AND one.c = item.c), 0)" if q else "0"
        slow = " OR ".join(filter(None, (f"item.g < {kept}", place.slow)))
        return replace(place, fast=True, slow=f"({slow})", indexed=False, document=self.document)


class BothPlaces(PastPlaces):
    """Where properties stand in what ``of_both`` selects: Items as they are have all of them as they are kept now."""

    document = f"CASE WHEN item.was THEN {_DOCUMENT} ELSE {DOCUMENT} END"


class PastNarrowing(Narrowing):
    """Turns a query into conditions of versions of the past, which stand in its statements as ``item``."""

    places_of = PastPlaces

    def _then(self, query: ItemQuery, at: datetime) -> list[str]:
        bound = self.bound(milliseconds(at))
        began = [] if query.since is None else [f"item.since > {self.bound(milliseconds(query.since))}"]
        ended = [] if query.until is None else [f"item.until <= {self.bound(milliseconds(query.until))}"]
        return [f"item.until > {bound} AND item.since <= {bound}", *began, *ended]

    def of(self, query: ItemQuery, grounds: Sequence[Ground], boxy: Sequence[bool]) -> Narrowed:
        """Return the query narrowed; the class of today is asked last, of those that all else is true of."""
        found = super().of(query, grounds, boxy)
        if self._seen.everything:
            return found
        today = f"substr({self.bound(self._seen.bitmap)}, {_TODAY} + 1, 1) = x'01'"
        return replace(found, exact=f"{found.exact} AND {today}")

    def _by_id(self, ids: Sequence[str]) -> list[Probe]:
        if not ids:
            return []
        named = self.bound(orjson.dumps(ids).decode())
        there = (
            f"SELECT i.n AS n FROM json_each({named}) AS one"
            " CROSS JOIN item AS i INDEXED BY item_by_id ON i.id = one.value"
        )
        gone = (
            f"SELECT gone.n AS n FROM json_each({named}) AS one"
            " CROSS JOIN gone INDEXED BY gone_by_id ON gone.id = one.value"
        )
        return [Probe("id", (there, gone))]

    def _by_change(self, query: ItemQuery) -> list[Probe]:  # noqa: ARG002 - versions of the past have no such index
        return []

    def _of_text(self, query: ItemQuery) -> tuple[str, str, list[Probe]]:
        if query.text is None:
            return "1", "1", []
        says = said_by(query.text)

        def of(document: Mapping[str, Any]) -> bool:
            return says(words_of_item(document))

        asked = _DOCUMENT.format(number=self.bound(self.functions.reading(of)))
        return asked, asked, []


def find(connection: apsw.Connection, asked: Narrowed, most: int) -> list[Row]:
    """Return the first versions of the past that a query finds, ``most`` at the most, in the order asked for."""
    if asked.seen.nothing:
        return []
    likely = f"{_table(asked)} WHERE {asked.cheap} AND {asked.within} AND {asked.follows}"
    sorting, exact = asked.order.sorting(backwards=asked.backwards), _exact(asked)
    columns = f"item.n, item.c, ifnull({_TODAY}, item.k), item.id, item.v, {asked.order.columns}"
    # The limit of the inner statement keeps it one of its own, whose order the outer one meets versions in; what it
    # sorts are entries of an index, and only what is shown is read.
    enough = ":most" if exact == "1" else "-1"
    inner = f"SELECT item.n AS n, item.v AS v FROM {likely} ORDER BY {sorting} LIMIT {enough}"
    sql = (
        f"SELECT {columns} FROM ({inner}) AS likely"
        f" CROSS JOIN past AS item ON item.n = likely.n AND item.v = likely.v WHERE {exact} LIMIT :most"
    )
    return [Row.of(row) for row in connection.execute(sql, {**asked.values, "most": most})]


def count(connection: apsw.Connection, asked: Narrowed, most: int) -> int:
    """Return how many versions of the past a query finds, no more than one too many."""
    if asked.seen.nothing:
        return 0
    where = f"{asked.cheap} AND {_exact(asked)} AND {asked.within}"
    sql = f"SELECT count(*) FROM (SELECT 1 FROM {_table(asked)} WHERE {where} LIMIT :most)"
    found: int = connection.execute(sql, {**asked.values, "most": most + 1}).get
    return found


def of_both(there: str, past: Narrowed) -> str:
    """Return the FROM and WHERE of Items of both sides, of which ``there`` selects those that are as they were."""
    where = f"{past.cheap} AND {_exact(past)} AND {past.within}"
    return (
        f"(SELECT {_BOTH}, {_EVER} AS g, 0 AS was FROM {there}"
        f" UNION ALL SELECT {_BOTH}, item.g, 1 FROM {_table(past)} WHERE {where}) AS item WHERE 1"
    )


def _table(asked: Narrowed) -> str:
    # SQLite takes an index over the ends for narrower than the few versions of an Item.
    named = next((probe for probe in asked.probes if probe.name == "id"), None)
    if named is not None:
        return f"({named.sql}) AS named CROSS JOIN past AS item INDEXED BY sqlite_autoindex_past_1 ON item.n = named.n"
    few = asked.collections is not None and len(asked.collections) <= FEW
    return f"past AS item INDEXED BY {'past_of_collection' if few else 'past_by_end'}"


def _exact(asked: Narrowed) -> str:
    return " AND ".join(one for one in (asked.exact, asked.text) if one != "1") or "1"


def point(
    connection: apsw.Connection, bodies: Bodies, collection: str, item_id: str, at: int, seen: Seen
) -> tuple[int, int, bytes] | None:
    """Return version, class and document of one Item as it was; nothing where there was none that may be seen."""
    values = {"collection": collection, "id": item_id, "at": at}
    row: Any = connection.execute(_POINT, values).get
    if row is None or not (seen.sees(row[2]) and seen.sees(row[3])):
        return None
    n, v, _, today, d, z = row
    return v, today, document_at(connection, bodies, n, v) if d is None else bodies.unpacked(connection, d, z)
