"""Where the value of a property stands in a document: of an Item, of a Collection, or of anything flat."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from shapely.geometry.base import BaseGeometry

from thalweg.cql2.grounds import footprint, plane_of, together
from thalweg.cql2.moments import Times, moment_of, span_of, times_of

Document = Mapping[str, Any]
Reader = Callable[[Document], Any]

INSTANTS = frozenset({"datetime", "start_datetime", "end_datetime"})
"""The properties of an Item that are times whatever they are compared with."""
_OUTSIDE = frozenset({"id", "collection"})


class Lookup(Protocol):
    """Finds the reader of a property once, when a filter is compiled."""

    def written(self, name: str) -> Reader:
        """Return the reader of what the document has there, ``None`` where nothing."""
        ...

    def scalar(self, name: str) -> Reader:
        """Return the reader of the value that is compared."""
        ...

    def times(self, name: str) -> Callable[[Document], Times | None]:
        """Return the reader of the time that temporal operators take."""
        ...

    def ground(self, name: str) -> Callable[[Document], BaseGeometry | None]:
        """Return the reader of the geometry that spatial operators take."""
        ...


class ItemLookup:
    """The queryables of a STAC Item: ``id``, ``collection``, ``geometry``, and its properties.

    A property may also be called ``properties.name``. ``datetime`` is null for an Item of a span: it is compared by its
    ``start_datetime``, by which Items are sorted too, and temporal operators take the span.
    """

    def written(self, name: str) -> Reader:
        """Return the reader of a property as it is written."""
        if name in _OUTSIDE or name == "geometry":
            return lambda document: document.get(name)
        short = name.removeprefix("properties.")
        return lambda document: (document.get("properties") or {}).get(short)

    def scalar(self, name: str) -> Reader:
        """Return the reader of a property's value; the three times are read as times."""
        read = self.written(name)
        short = name.removeprefix("properties.")
        if short not in INSTANTS:
            return read
        if short != "datetime":
            return lambda document: _instant(read(document))
        start = self.written("start_datetime")

        def at(document: Document) -> object:
            found = read(document)
            return _instant(start(document) if found is None else found)

        return at

    def times(self, name: str) -> Callable[[Document], Times | None]:
        """Return the reader of an instant, or of the span of an Item that has no ``datetime``."""
        read = self.written(name)
        if name.removeprefix("properties.") != "datetime":
            return lambda document: times_of(read(document))
        start, end = self.written("start_datetime"), self.written("end_datetime")

        def span(document: Document) -> Times | None:
            found = read(document)
            return times_of(found) if found is not None else span_of(start(document), end(document))

        return span

    def ground(self, name: str) -> Callable[[Document], BaseGeometry | None]:
        """Return the reader of ``geometry``; nothing else of an Item is spatial."""
        if name != "geometry":
            return lambda _: None
        return lambda document: footprint(document.get("geometry"), document.get("bbox"))


class ValueLookup:
    """One value by itself, whatever it is called."""

    def written(self, name: str) -> Reader:  # noqa: ARG002 - keeps the promise
        """Return the reader of the value."""
        return lambda value: value

    scalar = written

    def times(self, name: str) -> Callable[[Document], Times | None]:  # noqa: ARG002 - keeps the promise
        """Return the reader of the value as a time."""
        return times_of

    def ground(self, name: str) -> Callable[[Document], BaseGeometry | None]:  # noqa: ARG002 - keeps the promise
        """Return nothing: it is no geometry."""
        return lambda _: None


def values_in(value: object, keys: frozenset[object]) -> Iterator[Any]:
    """Yield the strings and numbers in a value of JSON, at any depth; of its objects those under the keys, if any."""
    waiting: list[tuple[object, bool]] = [(value, not keys)]
    while waiting:
        one, wanted = waiting.pop()
        if isinstance(one, Mapping):
            waiting.extend((part, wanted or key in keys) for key, part in one.items())
        elif isinstance(one, list):
            waiting.extend((part, wanted) for part in one)
        elif wanted and one is not None:
            yield one


class CollectionLookup:
    """The queryables of a STAC Collection: its own members, and its extent as ``geometry`` and ``datetime``.

    ``geometry`` is the first box of the spatial extent, ``datetime`` the first interval of the temporal extent, whose
    open ends are open. Compared, ``datetime`` and ``start_datetime`` are its start, ``end_datetime`` is its end.
    """

    def written(self, name: str) -> Reader:
        """Return the reader of a member as it is written."""
        if name == "geometry":
            return _boxes
        if name in INSTANTS:
            return lambda document: _interval(document)[name == "end_datetime"]
        return lambda document: document.get(name)

    def scalar(self, name: str) -> Reader:
        """Return the reader of a member's value."""
        read = self.written(name)
        return (lambda document: _instant(read(document))) if name in INSTANTS else read

    def times(self, name: str) -> Callable[[Document], Times | None]:
        """Return the reader of a member's time; ``datetime`` is the whole extent."""
        if name != "datetime":
            read = self.written(name)
            return lambda document: times_of(read(document))
        return _extent

    def ground(self, name: str) -> Callable[[Document], BaseGeometry | None]:
        """Return the reader of the spatial extent's first box."""
        if name != "geometry":
            return lambda _: None
        return _plane


def _instant(value: object) -> object:
    """Return a string that is a time as that time, anything else as it is."""
    if not isinstance(value, str):
        return value
    at = moment_of(value)
    return value if at is None else at


def _boxes(document: Document) -> Any:  # noqa: ANN401 - JSON
    return _said(document, "spatial", "bbox")


def _interval(document: Document) -> list[Any]:
    spans = _said(document, "temporal", "interval")
    first = spans[0] if isinstance(spans, list) and spans else None
    return first if isinstance(first, list) and len(first) == 2 else [None, None]  # noqa: PLR2004 - a start and an end


def _said(document: Document, part: str, member: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a Collection's extent says; nothing where it has none, or a wrong one."""
    found: Any = document.get("extent")
    for name in (part, member):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _extent(document: Document) -> Times | None:
    start, end = _interval(document)
    if start is None and end is None:
        return None
    return span_of(float("-inf") if start is None else start, float("inf") if end is None else end)


def _plane(document: Document) -> BaseGeometry | None:
    found = _boxes(document)
    planes = plane_of(found[0]) if found else ()
    return together(planes) if planes else None
