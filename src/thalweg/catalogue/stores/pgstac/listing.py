"""Collections by what they are: judged in memory, for a thousand of them are few, each parsed once a version."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from thalweg.catalogue.footprints import overlap
from thalweg.catalogue.stores.pgstac import collections
from thalweg.catalogue.stores.pgstac.classes import Seen
from thalweg.catalogue.stores.pgstac.connections import Connection
from thalweg.catalogue.stores.pgstac.ordering import Order
from thalweg.catalogue.words import words, words_of_collection
from thalweg.core.errors import InvalidParameter
from thalweg.core.geometry import BBox
from thalweg.core.queries import CollectionQuery
from thalweg.core.texts import AllOf, AnyOf, NoneOf, Phrase, Text
from thalweg.core.time import Interval
from thalweg.cql2 import matching
from thalweg.cql2.lookups import CollectionLookup

_MOST = 20_000
_LOOKUP = CollectionLookup()
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A Collection as it was read: its row, its document, and the words of that."""

    row: Sequence[Any]
    document: Document
    said: str

    @property
    def c(self) -> int:
        """Return its number."""
        return int(self.row[1])


def plain(query: CollectionQuery) -> bool:
    """Tell whether a query asks for no more than a page in the order of registration."""
    asked = (query.ids, query.bbox, query.interval, query.filter, query.text, query.sort)
    return not any(asked)


class Listing:
    """The Collections of one store, as far as they were asked for."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int, int], Known] = OrderedDict()

    def find(self, connection: Connection, seen: Seen, query: CollectionQuery) -> list[Known]:
        """Return all Collections that a query finds, in its order."""
        there = self._read(connection, collections.versions(connection, seen))
        tests = list(_tests(query))
        return Order(query.sort).sorted(one for one in there if all(test(one) for test in tests))

    def _read(self, connection: Connection, places: Sequence[tuple[int, int, int]]) -> list[Known]:
        """Return Collections by number, version and key; those that were read before are not read again."""
        missing = [place[0] for place in places if tuple(place) not in self._known]
        found = _several(connection, missing) if missing else {}
        fresh = [(place, self._known.get(place) or found.get(place[0])) for place in map(_place, places)]
        self._known.update((place, one) for place, one in fresh if one is not None and one.row[4] == place[1])
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return [one for _, one in fresh if one is not None]


def _place(row: Sequence[int]) -> tuple[int, int, int]:
    c, v, key = row
    return c, v, key


def _several(connection: Connection, numbers: Sequence[int]) -> dict[int, Known]:
    found = {}
    for row in collections.several(connection, numbers):
        document = orjson.loads(row[5])
        found[int(row[1])] = Known(row, document, words_of_collection(document))
    return found


def _tests(query: CollectionQuery) -> Sequence[Callable[[Known], bool]]:
    tests: list[Callable[[Known], bool]] = []
    if query.ids:
        ids = frozenset(query.ids)
        tests.append(lambda one: one.row[2] in ids)
    if query.bbox is not None:
        tests.append(_meets(query.bbox))
    if query.interval is not None:
        tests.append(_when(query.interval))
    if query.text is not None:
        tests.append(_says(query.text))
    if query.filter is not None:
        answer = matching.compiled(query.filter, _LOOKUP)
        tests.append(lambda one: answer(one.document) is True)
    return tests


def _meets(bbox: BBox) -> Callable[[Known], bool]:
    spans = bbox.spans()

    def meets(one: Known) -> bool:
        return any(overlap(box.spans(), spans) for box in _boxes(one.document))

    return meets


def _boxes(document: Document) -> list[BBox]:
    """Return where a Collection is, as far as it says so: those of others may have no extent, or a wrong one."""
    found = _LOOKUP.written("geometry")(document)
    if not isinstance(found, list):
        return []
    try:
        return [BBox.of(box) for box in (found[1:] if len(found) > 1 else found)]
    except (InvalidParameter, TypeError):
        return []


def _when(interval: Interval) -> Callable[[Known], bool]:
    starts, ends = _LOOKUP.scalar("start_datetime"), _LOOKUP.scalar("end_datetime")

    def when(one: Known) -> bool:
        start, end = starts(one.document), ends(one.document)
        early = interval.end is not None and isinstance(start, datetime) and start > interval.end
        late = interval.start is not None and isinstance(end, datetime) and end < interval.start
        return not early and not late

    return when


def _says(text: Text) -> Callable[[Known], bool]:
    match text:
        case Phrase(said):
            asked = " ".join(word for one in said for word in words(one))
            return lambda one: bool(asked) and f" {asked} " in f" {one.said} "
        case AllOf(of):
            parts = [_says(one) for one in of]
            return lambda one: all(part(one) for part in parts)
        case AnyOf(of):
            parts = [_says(one) for one in of]
            return lambda one: any(part(one) for part in parts)
        case NoneOf(of):
            parts = [_says(one) for one in of]
            return lambda one: not any(part(one) for part in parts)
