"""The order of a page, and the place in it that a token names."""

from collections.abc import Sequence
from dataclasses import dataclass

from thalweg.catalogue.stores.pgstac.compiling import Values, short, sortable_number_of, string_of
from thalweg.catalogue.stores.pgstac.kinds import Kind, kind_of
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import ItemQuery, Key, Sort
from thalweg.cql2.names import plain

_MOMENT = (
    "(CASE WHEN item.p ->> '{name}' ~ '^[0-9]{{4}}-' THEN"
    " thalweg.microseconds(thalweg.moment(item.p ->> '{name}')) END)"
)
STARTED, ENDED = _MOMENT.format(name="start_datetime"), _MOMENT.format(name="end_datetime")
"""Their own moments in µs since 1970: the columns ``first`` and ``last`` hold ``datetime`` as well."""
_COLUMNS = {
    "id": "item.id",
    "collection": "(SELECT coll.id FROM coll WHERE coll.c = item.c)",
    "datetime": "item.t",
    "start_datetime": STARTED,
    "end_datetime": ENDED,
}


@dataclass(frozen=True, slots=True)
class Ordered:
    """One key of the order in SQL; what is null comes last in either direction, unless it never is."""

    sql: str
    descending: bool
    nullable: bool = True

    def written(self, *, backwards: bool) -> str:
        """Return it as ORDER BY takes it."""
        descending = self.descending is not backwards
        nulls = f" NULLS {'FIRST' if backwards else 'LAST'}" if self.nullable else ""
        return f"{self.sql} {'DESC' if descending else 'ASC'}{nulls}"

    def sign(self, *, backwards: bool) -> str:
        """Return how what comes later compares."""
        return "<" if self.descending is not backwards else ">"


Keys = Sequence[Ordered]


def _timely(*, descending: bool) -> tuple[Ordered, Ordered]:
    return Ordered("item.t", descending, nullable=False), Ordered("item.n", descending, nullable=False)


_TIMELY = {_timely(descending=True), _timely(descending=False)}


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a query.

    Attributes:
        keys: what is compared, one after the other.
        backwards: the page ends where another began.
        lead: the property that comes first, if it is one that stands in ``p``: its number and its string are the
            first two keys.
        kind: of the lead's values, where the filter leaves no other.
    """

    keys: tuple[Ordered, ...]
    backwards: bool
    lead: str | None = None
    kind: Kind | None = None

    @property
    def timely(self) -> bool:
        """Tell whether it is by time alone."""
        return self.keys in _TIMELY

    @property
    def columns(self) -> str:
        """Return the keys as columns, by which a place is named."""
        return ", ".join(f"{key.sql} AS key{place}" for place, key in enumerate(self.keys))

    @property
    def written(self) -> str:
        """Return the order as ORDER BY takes it."""
        return written(self.keys, backwards=self.backwards)

    @property
    def outer(self) -> str:
        """Return the same of the columns."""
        named = [Ordered(f"key{place}", key.descending, key.nullable) for place, key in enumerate(self.keys)]
        return written(named, backwards=self.backwards)

    def follows(self, place: Sequence[Key], values: Values) -> str:
        """Return what is true of all that comes after a place."""
        return follows(self.keys, place, values, backwards=self.backwards)


def written(keys: Keys, *, backwards: bool) -> str:
    """Return an order as ORDER BY takes it."""
    return ", ".join(key.written(backwards=backwards) for key in keys)


def follows(keys: Keys, place: Sequence[Key], values: Values, *, backwards: bool) -> str:
    """Return what is true of all that comes after a place in an order."""
    first = keys[0]
    if tuple(keys) in _TIMELY:
        return f"(item.t, item.n) {first.sign(backwards=backwards)} ({values.add(place[0])}, {values.add(place[1])})"
    steps, before = [], list[str]()
    for key, at in zip(keys, place, strict=True):
        steps.append(" AND ".join([*before, _beyond(key, at, values, backwards=backwards)]))
        before.append(f"{key.sql} IS NULL" if at is None else f"{key.sql} = {values.add(at)}")
    after = f"({' OR '.join(f'({step})' for step in steps)})"
    if not first.sql.startswith("item.") or place[0] is None:
        return after
    # The same of a column once more, as its index begins a walk.
    return f"{first.sql} {first.sign(backwards=backwards)}= {values.add(place[0])} AND {after}"


def _beyond(key: Ordered, at: Key, values: Values, *, backwards: bool) -> str:
    if at is None:
        return f"{key.sql} IS NOT NULL" if backwards else "false"
    beyond = f"{key.sql} {key.sign(backwards=backwards)} {values.add(at)}"
    return f"({beyond} OR {key.sql} IS NULL)" if key.nullable and not backwards else beyond


def order_of(query: ItemQuery) -> Order:
    """Return the order that a query asks for.

    Raises:
        InvalidParameter: Items are not sorted by it, or the token is of another order.
    """
    keys: tuple[Ordered, ...] = _timely(descending=True)
    if [short(one.name) for one in query.sort] == ["datetime"]:
        keys = _timely(descending=query.sort[0].descending)
    elif query.sort:
        # Ties go against the last key: the newest of the least cloudy first.
        ties = _timely(descending=not query.sort[-1].descending)
        keys = (*(one for sort in query.sort for one in _keys(sort)), *ties)
    if query.after is not None and len(query.after.keys) != len(keys):
        raise InvalidParameter("token", "is of another search")
    lead = query.sort[0].name if query.sort and plain(query.sort[0].name) not in _COLUMNS else None
    kind = None if lead is None or query.filter is None else kind_of(lead, query.filter)
    return Order(keys, query.after is not None and query.after.backwards, lead, kind)


def _keys(sort: Sort) -> tuple[Ordered, ...]:
    name = short(sort.name)
    if sort.name == "geometry" or "\0" in name:
        raise InvalidParameter("sortby", f"Items are not sorted by {name!r}")
    if plain(sort.name) in _COLUMNS:
        return (Ordered(_COLUMNS[name], sort.descending, nullable="_" in name),)
    keys = Ordered(sortable_number_of(name), sort.descending), Ordered(string_of(name), sort.descending)
    # What a key lacks comes last in either direction: the key that is first tells which kind is.
    return keys[::-1] if sort.descending else keys
