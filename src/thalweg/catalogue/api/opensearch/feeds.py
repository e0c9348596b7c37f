"""A page of what was found as a feed of Atom (10-032r8, 9.3; 13-026r9, 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.catalogue.api.opensearch.namespaces import (
    ATOM_TYPE,
    DC,
    DESCRIPTION_TYPE,
    EO,
    GEO,
    GEOJSON_TYPE,
    OPENSEARCH,
    THALWEG,
    TIME,
)
from thalweg.catalogue.api.opensearch.offering import spelled
from thalweg.catalogue.api.opensearch.paging import around
from thalweg.catalogue.api.opensearch.parameters import ALL
from thalweg.catalogue.records.readers.stac import COLLECTION
from thalweg.catalogue.records.record import Link
from thalweg.catalogue.records.writers import atom
from thalweg.catalogue.records.writers.markup import Markup, document
from thalweg.core.time import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.api.opensearch.paging import Found
    from thalweg.catalogue.api.opensearch.requests import Search
    from thalweg.catalogue.api.records.documents import Documents
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.record import Record
    from thalweg.guard.markup import Element

_XML = Markup({"os": OPENSEARCH, "atom": atom.ATOM, "geo": GEO, "time": TIME, "eo": EO, "dc": DC, "thalweg": THALWEG})
_RELS = {"describes": "via", "self": "self"}


@dataclass(frozen=True, slots=True)
class Answered:
    """A search and its answer.

    Attributes:
        address: of the search.
        root: of all searches, below which the descriptions are.
        description: the address of the one that led here.
    """

    search: Search
    found: Found
    address: str
    root: str
    description: str
    title: str
    documents: Documents


def feed(told: Answered) -> bytes:
    """Return the feed."""
    search, found = told.search, told.found
    records = [shown(told, entry) for entry in found.entries]
    changed = [one.updated or one.created for one in records]
    newest = max((one for one in changed if one is not None), default=datetime.now(UTC).replace(microsecond=0))
    links = dict(around(told.address, "atom", search, found))
    root = _XML.element(
        "atom:feed",
        children=[
            _XML.element("atom:id", links["self"]),
            _XML.element("atom:title", told.title),
            _XML.element("atom:updated", written(newest)),
            _XML.element("atom:author", children=[_XML.element("atom:name", "Thalweg")]),
            _XML.element("atom:generator", "Thalweg"),
            _XML.element("os:totalResults", str(found.total)),
            _XML.element("os:startIndex", str(search.start)),
            _XML.element("os:itemsPerPage", str(len(records))),
            _asked(search),
            *(_XML.element("atom:link", rel=rel, href=href, type=ATOM_TYPE) for rel, href in links.items()),
            _alternate(told),
            _XML.element("atom:link", rel="search", href=told.description, type=DESCRIPTION_TYPE),
            *map(atom.element_of, records),
        ],
    )
    return document(root)


def _alternate(told: Answered) -> Element:
    href = dict(around(told.address, "json", told.search, told.found))["self"]
    return _XML.element("atom:link", rel="alternate", href=href, type=GEOJSON_TYPE)


def _asked(search: Search) -> Element:
    """Return the request as it was understood: each parameter under the name that templates give it."""
    given = {name.lower(): value for name, value in search.given}
    said = {one.wanted.replace(":", "__"): given[one.name.lower()] for one in ALL if one.name.lower() in given}
    return _XML.element("os:Query", role="request", **said)


def shown(told: Answered, entry: Entry) -> Record:
    """Return a Record with the links that lead on: to its metadata, and to the search within it."""
    record = told.documents.standing(entry, entry.catalogue)
    links = tuple(replace(one, rel=_RELS.get(one.rel, one.rel)) for one in record.links)
    return replace(record, links=(*links, *_searches(told, record)))


def _searches(told: Answered, record: Record) -> Iterator[Link]:
    if record.type == COLLECTION:
        there = f"{told.root}/collections/{spelled(record.id)}"
        yield Link(there, "search", DESCRIPTION_TYPE, "The search within the Collection")
