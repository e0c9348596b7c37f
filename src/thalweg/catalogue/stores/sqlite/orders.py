"""The order of a search's Items, and where in it a page begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.functions import Functions, OfDocument
from thalweg.catalogue.stores.sqlite.places import COLLECTION, Place, Places, short_of
from thalweg.catalogue.stores.sqlite.preparing import bindable
from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Sort, Token


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an order; what lacks it comes last in either direction."""

    sql: str
    descending: bool
    nullable: bool = True

    def sorting(self, *, backwards: bool) -> str:
        """Return its part of ORDER BY."""
        down = self.descending != backwards
        key = f"{self.sql} {'DESC' if down else 'ASC'}"
        return f"{key} NULLS {'FIRST' if backwards else 'LAST'}" if self.nullable else key

    def follows(self, value: object, name: str, *, backwards: bool) -> str:
        """Return the condition for what comes after a value, or before it."""
        if value is None:
            return f"{self.sql} IS NOT NULL" if backwards else "0"
        sign = "<" if self.descending != backwards else ">"
        condition = f"{self.sql} {sign} {name}"
        return f"({condition} OR {self.sql} IS NULL)" if self.nullable and not backwards else condition


@dataclass(frozen=True, slots=True)
class Order:
    """Keys, the last of them unique; ``timely`` where it is by time alone, ``indexed`` a property in the table val."""

    keys: tuple[Key, ...]
    timely: bool = False
    indexed: Place | None = None

    def sorting(self, *, backwards: bool) -> str:
        """Return what stands after ORDER BY."""
        return ", ".join(key.sorting(backwards=backwards) for key in self.keys)

    def follows(self, after: Token | None, bound: Bound) -> str:
        """Return the condition for what comes after a token.

        Raises:
            InvalidParameter: the token is of another order.
        """
        if after is None:
            return "1"
        check_token(after, len(self.keys))
        names = [bound(value) if value is not None else "NULL" for value in after.keys]
        cases = []
        for place, key in enumerate(self.keys):
            same = [f"{one.sql} IS {name}" for one, name in zip(self.keys[:place], names, strict=False)]
            next_one = key.follows(after.keys[place], names[place], backwards=after.backwards)
            cases.append(" AND ".join([*same, next_one]))
        return f"({' OR '.join(f'({case})' for case in cases)})"

    @property
    def descending(self) -> tuple[bool, ...]:
        """Tell of each key whether it descends."""
        return tuple(key.descending for key in self.keys)

    @property
    def columns(self) -> str:
        """Return the keys as a statement selects them."""
        return ", ".join(key.sql for key in self.keys)


def check_token(after: Token, keys: int) -> None:
    """Check that a token has the keys of an order.

    Raises:
        InvalidParameter: it has others.
    """
    if len(after.keys) != keys or not isinstance(after.keys[-1], int):
        raise InvalidParameter("token", "is of another search")


NUMBER, TIME = "item.n", "item.t"


def order_of(sort: Sequence[Sort], places: Places, functions: Functions, bound: Bound) -> Order:
    """Return the order that a search asks for.

    Raises:
        InvalidParameter: nothing can be sorted by a key.
    """
    sort = sort or (Sort("datetime", descending=True),)
    if [short_of(one.name) for one in sort] == ["datetime"]:
        down = sort[0].descending
        return Order((Key(TIME, down, nullable=False), Key(NUMBER, down, nullable=False)), timely=True)
    keys = [_key(one, places, functions, bound) for one in sort]
    # Ties go against the last key: the newest of the least cloudy first, and an index is read in one direction.
    down = not sort[-1].descending
    indexed = places.place(sort[0].name) if len(sort) == 1 else None
    return Order(
        (*keys, Key(TIME, down, nullable=False), Key(NUMBER, down, nullable=False)),
        indexed=indexed if indexed is not None and indexed.indexed else None,
    )


def _key(one: Sort, places: Places, functions: Functions, bound: Bound) -> Key:
    short = short_of(one.name)
    if one.name == "id":
        return Key("item.id", one.descending, nullable=False)
    if one.name == "collection":
        return Key(COLLECTION, one.descending, nullable=False)
    if one.name == "geometry":
        raise InvalidParameter("sortby", "nothing is sorted by its geometry")
    if short == "datetime":
        return Key(TIME, one.descending, nullable=False)
    if short in {"start_datetime", "end_datetime"}:
        return Key(f"(item.p ->> '{short[0]}')", one.descending)
    return Key(sortable(places.place(one.name), functions, bound), one.descending)


def sortable(place: Place, functions: Functions, bound: Bound, truth: tuple[str, str] = ("1", "0")) -> str:
    """Return a property's value in SQL as it is sorted and counted: truth values as ``truth``, no arrays."""
    kept = f"ifnull({place.scalar}, CASE {place.other} WHEN 'true' THEN {truth[0]} WHEN 'false' THEN {truth[1]} END)"
    kept = "NULL" if place.q is None else kept
    if place.slow is None:
        return kept
    number = bound(functions.reading(_reader(short_of(place.name), blobs=truth[0] != "1")))
    read = place.document.format(number=number)
    return f"(CASE WHEN {place.slow} THEN {read} ELSE {kept} END)" if place.fast else read


def _reader(name: str, *, blobs: bool) -> OfDocument:
    def read(document: Mapping[str, Any]) -> str | int | float | bytes | None:
        value = document["properties"].get(name)
        if isinstance(value, bool):
            return bytes([value]) if blobs else int(value)
        return bindable(value) if isinstance(value, str | int | float) else None

    return read
