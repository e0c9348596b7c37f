"""The page of a search, and the addresses of those around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.api.opensearch.requests import Search
    from thalweg.catalogue.records.entries import Entry

_START = {"startindex", "startpage"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found.

    Attributes:
        total: how many there are; at least so many where they were too many to be counted.
        counted: whether that is all.
        further: whether more follow the page.
    """

    entries: tuple[Entry, ...]
    total: int
    counted: bool
    further: bool


def around(address: str, form: str, search: Search, found: Found) -> Iterator[tuple[str, str]]:
    """Yield the relations and addresses of the page and of those around it."""
    yield "self", _at(address, form, search, search.start)
    yield "first", _at(address, form, search, 1)
    if search.start > 1:
        yield "previous", _at(address, form, search, max(1, search.start - max(1, search.count)))
    if found.further:
        yield "next", _at(address, form, search, search.start + len(found.entries))
    if found.counted and found.total and search.count:
        yield "last", _at(address, form, search, (found.total - 1) // search.count * search.count + 1)


def _at(address: str, form: str, search: Search, start: int) -> str:
    given = [(name, value) for name, value in search.given if name.lower() not in _START]
    place = [("startIndex", str(start))] if start > 1 else []
    return f"{address}?{urlencode([('format', form), *given, *place], quote_via=quote)}"
