"""Items made ready for the tables before the lock is taken: a pure function, which another process may run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from thalweg.catalogue.footprints import Footprint
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.stores.sqlite.bodies import QUICK, Book, Packers
from thalweg.catalogue.stores.sqlite.letters import said_in
from thalweg.catalogue.times import Times
from thalweg.catalogue.words import words_of_item
from thalweg.core.queryables import Reach
from thalweg.core.time import instant
from thalweg.cql2.moments import microseconds

Value = str | int | float
_WIDEST = 2**63
_INDEXED = int(Reach.INDEXED)
_MILLISECOND = len("2024-02-29T12:00:00.000")
_PACKERS = Packers(QUICK)


@dataclass(frozen=True, slots=True)
class Known:
    """What a store knows of a Collection that its new Items are made ready by.

    Attributes:
        c: its number.
        books: what their documents are packed by.
        wanted: what is kept of its Items: the numbers and reaches of properties, by name.
    """

    c: int
    books: tuple[Book, ...]
    wanted: Mapping[str, tuple[int, int]] = field(default_factory=dict)


class Prepared(NamedTuple):
    """An Item as the tables take it.

    Attributes:
        packed: its document by book ``d``.
        kept: the JSON of the column p; nothing where nothing is kept.
        indexed: the values for the table val, with their properties' numbers.
        words: for the table txt.
        letters: for the table letters.
    """

    c: int
    id: str
    visibility_class: str
    times: Times
    footprint: Footprint | None
    d: int
    packed: bytes
    kept: str | None
    indexed: tuple[tuple[int, Value], ...]
    words: str
    letters: str


def prepared(items: Sequence[NewItem], known: Mapping[str, Known]) -> list[Prepared]:
    """Make Items ready.

    Args:
        items: validated.
        known: of each of their Collections.
    """
    # One thing for all Items after the other: what it needs of code and tables is then at hand for the next Item too.
    packed = [_PACKERS.packed(known[item.collection].books, item.body) for item in items]
    return [derived_of(item, known[item.collection], *one) for item, one in zip(items, packed, strict=True)]


def derived_of(item: NewItem, known: Known, d: int = 0, packed: bytes = b"") -> Prepared:
    """Return an Item made ready; its document is packed already, or is not wanted."""
    document = document_of(item)
    kept, indexed = kept_of(document, known.wanted)
    words, letters = words_of_item(document), said_in(document["properties"], known.wanted)
    found_by = (kept, indexed, words, letters)
    return Prepared(known.c, item.id, item.visibility_class, item.times, item.footprint, d, packed, *found_by)


def document_of(item: NewItem) -> Mapping[str, Any]:
    """Return the Item parsed."""
    if item.document:
        return item.document
    document: Mapping[str, Any] = orjson.loads(item.body)
    return document


def kept_of(
    document: Mapping[str, Any], wanted: Mapping[str, tuple[int, int]]
) -> tuple[str | None, tuple[tuple[int, Value], ...]]:
    """Return the JSON of the column p, and the values for the table val."""
    properties = document["properties"]
    kept, indexed = _times_beyond(properties), list[tuple[int, Value]]()
    for name, (q, reach) in wanted.items():
        value = properties.get(name)
        if value is None:
            continue
        kind = type(value)
        if kind is str or kind is float or kind is int:
            kept[str(q)] = value
            if reach == _INDEXED:
                indexed.append((q, bindable(value)))
        else:
            kept[f"{q}j"] = value
            if reach == _INDEXED and kind is bool:
                indexed.append((q, int(value)))
    return (orjson.dumps(kept).decode() if kept else None), tuple(indexed)


def bindable(value: Value) -> Value:
    """Return a value as SQLite holds it: an integer beyond 64 bits as the nearest double, as JSON there has it too."""
    if isinstance(value, int) and not -_WIDEST <= value < _WIDEST:
        return float(value)
    return value


def _times_beyond(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the columns of an Item do not tell of its three times."""
    found: dict[str, Any] = {}
    at = properties.get("datetime")
    if at is None:
        found["z"] = 1
    elif "." in at and at[_MILLISECOND:] != "Z" and (below := microseconds(instant(at)) % 1000):
        found["u"] = below
    for letter, name in (("s", "start_datetime"), ("e", "end_datetime")):
        if properties.get(name) is not None:
            found[letter] = microseconds(instant(properties[name]))
    return found
