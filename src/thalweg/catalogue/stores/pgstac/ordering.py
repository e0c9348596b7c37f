"""The order of Collections, and the place in it that a token names."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from thalweg.core.errors import InvalidParameter
from thalweg.core.queries import Key, Sort, Token
from thalweg.core.time import written
from thalweg.cql2.lookups import INSTANTS, CollectionLookup
from thalweg.cql2.moments import moment_of

if TYPE_CHECKING:
    from thalweg.catalogue.stores.pgstac.listing import Known

_LOOKUP = CollectionLookup()
_KINDS: tuple[tuple[type, ...], ...] = ((int, float), (str,), (datetime,))
"""What is sorted by, in this order; a truth value is a number."""


class Order:
    """The order of one search: what lacks a key comes last in either direction, ties in the order of registration."""

    def __init__(self, sort: Sequence[Sort]) -> None:
        if any(one.name == "geometry" for one in sort):
            raise InvalidParameter("sortby", "nothing is sorted by its geometry")
        self._sort = sort
        self._reads = [_LOOKUP.scalar(one.name) for one in sort]

    def sorted(self, found: Iterable["Known"]) -> list["Known"]:
        """Return Collections, given in the order of registration, in this order."""
        return sorted(found, key=self._rank) if self._sort else list(found)

    def place(self, one: "Known") -> tuple[Key, ...]:
        """Return by what a token names the place of a Collection."""
        return (*(_spelled(read(one.document)) for read in self._reads), one.c)

    def after(self, found: Sequence["Known"], token: Token | None) -> list["Known"]:
        """Return of Collections in this order what follows a place, nearest first, whether one is there or not.

        Raises:
            InvalidParameter: the token is of another order.
        """
        if token is None:
            return list(found)
        number = number_in(token, len(self._sort))
        values = [_read(one.name, value) for one, value in zip(self._sort, token.keys, strict=False)]
        place = self._ranked(values, number)
        if token.backwards:
            return list(reversed(found[: bisect_left(found, place, key=self._rank)]))
        return list(found[bisect_right(found, place, key=self._rank) :])

    def _rank(self, one: "Known") -> tuple[Any, ...]:
        return self._ranked([read(one.document) for read in self._reads], one.c)

    def _ranked(self, values: Sequence[object], number: int) -> tuple[Any, ...]:
        """Return what compares as the order has it."""
        ranks = (_rank(value, one.descending) for value, one in zip(values, self._sort, strict=True))
        return (*ranks, number)


def number_in(token: Token, keys: int = 0) -> int:
    """Return the number of the Collection at which a page ended, in an order of so many keys besides.

    Raises:
        InvalidParameter: the token is of another order.
    """
    number = token.keys[-1] if len(token.keys) == keys + 1 else None
    if type(number) is not int:
        raise InvalidParameter("token", "is of another search")
    return number


@dataclass(frozen=True, slots=True)
class _Turned:
    """A value among values in descending order."""

    value: tuple[int, Any]

    def __lt__(self, other: "_Turned") -> bool:
        return other.value < self.value


def _rank(value: object, descending: bool) -> tuple[Any, ...]:  # noqa: FBT001 - as the order has it
    kind = next((place for place, kinds in enumerate(_KINDS) if isinstance(value, kinds)), None)
    if kind is None:
        return (True,)
    return False, _Turned((kind, value)) if descending else (kind, value)


def _spelled(value: object) -> Key:
    """Return a value as a token holds it."""
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, int | float | str) else None


def _read(name: str, value: Key) -> object:
    """Return a value of a token as it is sorted by."""
    at = moment_of(value) if isinstance(value, str) and name in INSTANTS else None
    return value if at is None else at
