"""Collections as they are searched: by their extents, words, members and order."""
# ruff: noqa: S608 - statements are put together of parts of ours, values are bound

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import apsw
import orjson

from thalweg.catalogue.stores.sqlite.classes import Seen
from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.functions import Functions
from thalweg.catalogue.stores.sqlite.hints import conjuncts
from thalweg.catalogue.stores.sqlite.orders import Key, Order
from thalweg.catalogue.stores.sqlite.preparing import bindable
from thalweg.catalogue.stores.sqlite.texts import condition_of
from thalweg.catalogue.times import milliseconds
from thalweg.core.errors import InvalidParameter
from thalweg.core.expressions import Array, Expression, Literal, Operation, Property
from thalweg.core.geometry import BBox
from thalweg.core.items import Collection
from thalweg.core.queries import CollectionQuery, Sort
from thalweg.core.texts import Text
from thalweg.cql2.lookups import CollectionLookup
from thalweg.cql2.matching import compiled

_FILTERED = CollectionLookup()
_MOST_NAMED = 8
"""Parts of a filter by which Collections are looked up: SQLite takes conditions a thousand deep, and one is enough."""
_NUMBER = Key("coll.c", descending=False, nullable=False)
_TIMES = {"datetime": "coll.first", "start_datetime": "coll.first", "end_datetime": "coll.last"}
Found = tuple[tuple[Any, ...], Collection]
"""The keys of the order, and a Collection."""


class Listing:
    """One search of Collections, within one reading transaction."""

    table = "coll"

    def __init__(self, functions: Functions, query: CollectionQuery, seen: Seen) -> None:
        self._functions = functions
        self._bound = Bound()
        self._after = query.after
        self.order = self._order_of(query)
        conditions = [*self._there(query, seen), *self._of_class(seen), *self._narrowed(query)]
        if query.filter is not None:
            conditions += [self._among(names) for names in islice(_named(query.filter), _MOST_NAMED)]
            number = functions.reading(compiled(query.filter, _FILTERED))
            conditions.append(f"of_json({self._bound(number)}, coll.body)")
        self._where = " AND ".join(conditions)

    def page(self, connection: apsw.Connection, names: tuple[str, ...], most: int) -> list[Found]:
        """Return the first Collections after the token, in the order asked for."""
        backwards = self._after is not None and self._after.backwards
        sql = (
            f"SELECT coll.id, coll.k, coll.v, coll.body, {self.order.columns} FROM {self.table}"
            f" WHERE {self._where} AND {self.order.follows(self._after, self._bound)}"
            f" ORDER BY {self.order.sorting(backwards=backwards)} LIMIT {self._bound(most)}"
        )
        rows = connection.execute(sql, self._bound.values)
        return [(tuple(keys), Collection(str(name), body, v, names[k])) for name, k, v, body, *keys in rows]

    def count(self, connection: apsw.Connection, most: int) -> int:
        """Return how many Collections there are, one too many at the most."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM {self.table} WHERE {self._where} LIMIT {self._bound(most + 1)})"
        found: int = connection.execute(sql, self._bound.values).get
        return found

    def _order_of(self, query: CollectionQuery) -> Order:
        return Order((*(self._key(one) for one in query.sort), _NUMBER))

    def _key(self, sort: Sort) -> Key:
        if sort.name == "id":
            return Key("coll.id", sort.descending, nullable=False)
        if sort.name in _TIMES:
            return Key(_TIMES[sort.name], sort.descending)
        if sort.name == "geometry":
            raise InvalidParameter("sortby", "nothing is sorted by its geometry")
        number = self._bound(self._functions.reading(_member(sort.name)))
        return Key(f"of_json({number}, coll.body)", sort.descending)

    def _there(self, query: CollectionQuery, seen: Seen) -> list[str]:  # noqa: ARG002 - of the past it matters
        """Return the conditions of what is there, or was."""
        there = ["coll.body IS NOT NULL"]
        return there if query.as_of is None else [*there, f"coll.u <= {self._bound(milliseconds(query.as_of))}"]

    def _of_class(self, seen: Seen) -> list[str]:
        if seen.everything:
            return []
        return [f"substr({self._bound(seen.bitmap)}, coll.k + 1, 1) = x'01'"]

    def _narrowed(self, query: CollectionQuery) -> list[str]:
        parts = []
        if query.ids:
            parts.append(self._among([Literal(name) for name in query.ids]))
        if query.interval is not None and query.interval.start is not None:
            start = self._bound(milliseconds(query.interval.start))
            parts.append(f"(coll.last >= {start} OR coll.last IS NULL)")
        if query.interval is not None and query.interval.end is not None:
            end = self._bound(milliseconds(query.interval.end))
            parts.append(f"(coll.first <= {end} OR coll.first IS NULL)")
        if query.text is not None:
            parts.append(self._says(query.text))
        if query.bbox is not None:
            parts.append(self._lies(query.bbox))
        return parts

    def _among(self, names: Sequence[Expression]) -> str:
        """Return the condition that a Collection's id is one of these, as far as they are known."""
        if not all(isinstance(name, Literal) for name in names):
            return "1"
        listed = orjson.dumps([name.value for name in names if isinstance(name, Literal)]).decode()
        return f"coll.id IN (SELECT value FROM json_each({self._bound(listed)}))"

    def _says(self, text: Text) -> str:
        return condition_of(text, "coll.c", "colltxt", self._bound)

    def _lies(self, bbox: BBox) -> str:
        each = []
        for frame in bbox.spans():
            w, s, e, n = map(self._bound, frame.numbers())
            each.append(
                f"(south <= {n} AND north >= {s} AND CASE WHEN west <= east"
                f" THEN west <= {e} AND east >= {w} ELSE west <= {e} OR east >= {w} END)"
            )
        return f"EXISTS (SELECT 1 FROM extent WHERE extent.c = coll.c AND ({' OR '.join(each)}))"


def _named(expression: Expression) -> Iterator[tuple[Expression, ...]]:
    """Yield ids; each time those among which all Collections are for which a filter is true."""
    for one in conjuncts(expression):
        match one:
            case Operation("=", (Property("id"), other) | (other, Property("id"))):
                yield (other,)
            case Operation("in", (Property("id"), Array(items))):
                yield items


def _member(name: str) -> Any:  # noqa: ANN401 - a function of a document
    def read(document: Mapping[str, Any]) -> str | int | float | None:
        value = document.get(name)
        if isinstance(value, bool):
            return int(value)
        return bindable(value) if isinstance(value, str | int | float) else None

    return read
