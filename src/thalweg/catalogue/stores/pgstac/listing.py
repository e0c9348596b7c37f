"""Collections by what they are: judged in memory, for a thousand of them are few, each parsed once a version."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from thalweg.catalogue.stores.pgstac import collections, collections_then
from thalweg.catalogue.stores.pgstac.bodies import parsed
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
_CALLERS = 32
"""So many different views of all Collections are kept; each is a list of those that are kept anyway."""
_LOOKUP = CollectionLookup()
_START, _END = _LOOKUP.scalar("start_datetime"), _LOOKUP.scalar("end_datetime")
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A Collection as it was read.

    Attributes:
        said: its words, with a space before and after.
        spans: where it is; none of them crosses the antimeridian.
    """

    row: Sequence[Any]
    document: Document
    said: str
    spans: tuple[BBox, ...]
    start: object
    end: object

    @classmethod
    def of(cls, row: Sequence[Any]) -> "Known":
        """Read a Collection's row."""
        document = parsed(row[5])
        spans = tuple(span for box in _boxes(document) for span in box.spans())
        return cls(row, document, f" {words_of_collection(document)} ", spans, _START(document), _END(document))

    @property
    def c(self) -> int:
        """Return its number."""
        return int(self.row[1])


def plain(query: CollectionQuery) -> bool:
    """Tell whether a query asks for no more than a page in the order of registration."""
    asked = (query.ids, query.bbox, query.interval, query.filter, query.text, query.sort, query.as_of)
    return not any(asked)


class Listing:
    """The Collections of one store, as far as they were asked for."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int, int], Known] = OrderedDict()
        self._views = _Views()

    def find(self, connection: Connection, seen: Seen, query: CollectionQuery) -> list[Known]:
        """Return all Collections that a query finds, in its order."""
        if query.as_of is not None:
            rows = collections_then.read(connection, query.as_of, seen, query.ids or None)
            return _judged([Known.of(row) for row in rows], query)
        return _judged(self._there(connection, seen), query)

    def _there(self, connection: Connection, seen: Seen) -> Sequence[Known]:
        """Return all Collections that are seen, as they are now."""
        # Asked before and after: a Collection that comes and goes between the two gives the first stamp again.
        stamp = collections.stamp(connection)
        views = self._views
        if views.stamp != stamp:
            views = self._views = _Views(stamp)
        view = views.lists.get(seen)
        if view is None:
            view = self._read(connection, collections.versions(connection, seen))
            if collections.stamp(connection) != stamp:
                return view
            views.lists[seen] = view
            if len(views.lists) > _CALLERS:
                views.lists.popitem(last=False)
        return view

    def _read(self, connection: Connection, places: Sequence[tuple[int, int, int]]) -> list[Known]:
        """Return Collections by number, version and key; those that were read before are not read again."""
        missing = [place[0] for place in places if tuple(place) not in self._known]
        found = _several(connection, missing) if missing else {}
        fresh = [(place, self._known.get(place) or found.get(place[0])) for place in map(_place, places)]
        self._known.update((place, one) for place, one in fresh if one is not None and one.row[4] == place[1])
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return [one for _, one in fresh if one is not None]


def _judged(found: Sequence[Known], query: CollectionQuery) -> list[Known]:
    for test in _tests(query):
        found = [one for one in found if test(one)]
    return Order(query.sort).sorted(found)


@dataclass(slots=True)
class _Views:
    """What callers see of all Collections, as long as none of these changes."""

    stamp: object = None
    lists: OrderedDict[Seen, Sequence[Known]] = field(default_factory=OrderedDict)


def _place(row: Sequence[int]) -> tuple[int, int, int]:
    c, v, key = row
    return c, v, key


def _several(connection: Connection, numbers: Sequence[int]) -> dict[int, Known]:
    return {int(row[1]): Known.of(row) for row in collections.several(connection, numbers)}


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
        for a in one.spans:
            for b in spans:
                if a.west <= b.east and b.west <= a.east and a.south <= b.north and b.south <= a.north:
                    return True
        return False

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
    def when(one: Known) -> bool:
        early = interval.end is not None and isinstance(one.start, datetime) and one.start > interval.end
        late = interval.start is not None and isinstance(one.end, datetime) and one.end < interval.start
        return not early and not late

    return when


def _says(text: Text) -> Callable[[Known], bool]:
    match text:
        case Phrase(said):
            asked = f" {' '.join(word for one in said for word in words(one))} "
            return lambda one: asked in one.said if asked.strip() else False
        case AllOf(of):
            parts = [_says(one) for one in of]
            return lambda one: all(part(one) for part in parts)
        case AnyOf(of):
            parts = [_says(one) for one in of]
            return lambda one: any(part(one) for part in parts)
        case NoneOf(of):
            parts = [_says(one) for one in of]
            return lambda one: not any(part(one) for part in parts)
