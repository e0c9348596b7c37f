"""What Items tell several times: the members of an array, or what stands at any depth of a value under some names."""
# ruff: noqa: S608 - statements are put together of parts of ours

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import Any

import apsw
import orjson

from thalweg.catalogue.sightings import Kinds
from thalweg.catalogue.stores.sqlite.filters import Bound
from thalweg.catalogue.stores.sqlite.functions import Functions, OfDocument
from thalweg.catalogue.stores.sqlite.places import Place, short_of
from thalweg.catalogue.stores.sqlite.properties import BEYOND
from thalweg.core.errors import Unavailable
from thalweg.cql2.lookups import values_in

_TEXTS = frozenset({str})
MOST = 1_000_000
"""So many different values are counted here; more would fill the memory."""
Value = str | int | float | bool
_Key = str | tuple[bool, int | float]
"""A string, or a truth value or number: these equal each other in Python, and are different values here."""


def only_one(connection: apsw.Connection, place: Place, keys: Sequence[str]) -> bool:
    """Tell whether no Item as it is has several values of a property, as far as that was noted of all of them."""
    if place.q is None or connection.execute(f"SELECT 1 FROM queryable WHERE q = {BEYOND} LIMIT 1").get is not None:
        return False
    kinds = Kinds.ARRAY | Kinds.OBJECT if keys else Kinds.ARRAY
    seen = f"SELECT 1 FROM sighting WHERE q = {place.q} AND kinds & {kinds} LIMIT 1"
    return connection.execute(seen).get is None


def several(place: Place, functions: Functions, bound: Bound, keys: Sequence[str]) -> str:
    """Return the JSON of a property in SQL where it tells several values, else NULL."""
    opening = "'[', '{'" if keys else "'['"
    kept = f"(CASE WHEN substr({place.other}, 1, 1) IN ({opening}) THEN {place.other} END)"
    kept = "NULL" if place.q is None else kept
    if place.slow is None:
        return kept
    read = place.document.format(number=bound(functions.reading(_reader(short_of(place.name), within=bool(keys)))))
    return f"(CASE WHEN {place.slow} THEN {read} ELSE {kept} END)" if place.fast else read


def _reader(name: str, *, within: bool) -> OfDocument:
    kinds = (list, dict) if within else (list,)

    def read(document: Mapping[str, Any]) -> str | None:
        value = document["properties"].get(name)
        return orjson.dumps(value).decode() if isinstance(value, kinds) else None

    return read


def counted(rows: Iterable[Any], keys: Sequence[str], most: int) -> tuple[list[tuple[Value, int]], int]:
    """Return the commonest values of rows, which have a value or the JSON of several, and how often others are there.

    What an Item says twice counts once.

    Raises:
        Unavailable: there are too many different ones.
    """
    read, counts = _reading(keys), Counter[_Key]()
    for value, json in rows:
        if json is not None:
            counts.update(read(json))
        elif value is not None:
            counts[_key(value)] += 1
        if len(counts) > MOST:
            raise Unavailable(f"There are more than {MOST} different values: narrow the search.")
    kept = nsmallest(most, counts.items(), key=_commonest_first)
    overflow = sum(counts.values()) - sum(n for _, n in kept)
    return [(_value(key), n) for key, n in kept], overflow


def _reading(keys: Sequence[str]) -> Callable[[str], set[_Key]]:
    if not keys:
        return _members
    named = frozenset[object](keys)
    return lambda json: set(map(_key, values_in(orjson.loads(json), named)))


def _members(json: str) -> set[_Key]:
    listed = orjson.loads(json)
    if set(map(type, listed)) <= _TEXTS:  # nearly all are
        return set(listed)
    return {_key(one) for one in listed if isinstance(one, str | int | float)}


def _key(value: Any) -> _Key:  # noqa: ANN401 - a value of SQL or JSON
    if isinstance(value, str):
        return value
    # SQL has truth values as blobs, for its own are numbers.
    return (True, value == b"\x01") if isinstance(value, bytes) else (isinstance(value, bool), value)


def _value(key: _Key) -> Value:
    if isinstance(key, str):
        return key
    is_truth, value = key
    return bool(value) if is_truth else value


def _commonest_first(one: tuple[_Key, int]) -> tuple[int, bool, Any]:
    key, n = one
    return -n, isinstance(key, str), key
