"""The indexes that CQL names here, by context set: ``cql``, ``dc``, ``rec``, ``geo`` and ``eo``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thalweg.catalogue.api.sru.diagnostics import CONTEXT, INDEX, RESULT_SETS, Diagnostic
from thalweg.catalogue.filters.queryables import Member, Queryable, queryable_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ALL_RECORDS = Queryable("cql.allRecords", "any")
ANYWHERE = queryable_of("csw:AnyText")
_URIS = {
    "cql": ("info:srw/cql-context-set/1/cql-v1.2", "info:srw/cql-context-set/1/cql-v1.1"),
    "dc": ("info:srw/cql-context-set/1/dc-v1.1", "info:srw/cql-context-set/1/dc-v1.0"),
    "rec": ("info:srw/cql-context-set/2/rec-1.1", "info:srw/cql-context-set/2/rec-1.0"),
    "geo": ("http://a9.com/-/opensearch/extensions/geo/1.0/",),
    "eo": ("http://a9.com/-/opensearch/extensions/eo/1.0/",),
    "sort": ("info:srw/cql-context-set/1/sort-v1.0",),
}
SETS = {name: uris[0] for name, uris in _URIS.items()}
DEFAULT = "dc"


@dataclass(frozen=True, slots=True)
class Index:
    """One index.

    Attributes:
        title: for people.
        asked: what of Records it compares.
        scanned: how its terms are listed: by ``values``, which are few, by ``walk``, or not at all.
    """

    context: str
    name: str
    title: str
    asked: Queryable
    scanned: str = ""


def _dc(name: str, title: str, scanned: str = "", asked: str = "") -> Index:
    return Index("dc", name, title, queryable_of(asked or f"dc:{name}"), scanned)


INDEXES: tuple[Index, ...] = (
    Index("cql", "serverChoice", "All words", ANYWHERE),
    Index("cql", "anywhere", "All words", ANYWHERE),
    Index("cql", "anyIndexes", "All words", ANYWHERE),
    Index("cql", "keywords", "All words", ANYWHERE),
    Index("cql", "allIndexes", "All words", ANYWHERE),
    Index("cql", "allRecords", "All Records", ALL_RECORDS),
    _dc("title", "Title", "walk"),
    _dc("subject", "Keywords and concepts"),
    _dc("description", "Description"),
    _dc("abstract", "Description", asked="dct:abstract"),
    _dc("type", "Type of the resource", "values"),
    _dc("format", "Format"),
    _dc("date", "When the resource is of"),
    _dc("creator", "Who made it"),
    _dc("publisher", "Who publishes it"),
    _dc("contributor", "Who helped"),
    _dc("language", "Language", "values"),
    _dc("relation", "What it belongs to"),
    _dc("source", "What it was made of"),
    _dc("rights", "What one may do with it"),
    _dc("identifier", "Identifier"),
    Index("rec", "identifier", "Identifier", queryable_of("dc:identifier")),
    Index("rec", "id", "Identifier", queryable_of("dc:identifier")),
    Index(
        "rec", "creationDate", "When the Record was made", Queryable("rec.creationDate", "time", (Member("created"),))
    ),
    Index("rec", "lastModificationDate", "When the Record was changed", queryable_of("dct:modified")),
    Index(
        "rec",
        "collectionName",
        "Collection",
        Queryable("rec.collectionName", "text", (Member("collection"),)),
        "values",
    ),
    Index("geo", "box", "Where the resource is: west, south, east, north", queryable_of("ows:BoundingBox")),
    Index("geo", "geometry", "Where the resource is: WKT", queryable_of("ows:BoundingBox")),
    Index("eo", "cloudCover", "Cloud cover in percent", queryable_of("apiso:CloudCover")),
    Index("eo", "platform", "Platform", queryable_of("apiso:Platform"), "walk"),
)
_NAMED = {(one.context, one.name.lower()): one for one in INDEXES}


def index_of(name: str, given: Mapping[str, str]) -> Index:
    """Return the index of a name; ``given`` are URIs of sets by the prefixes that the query gave them.

    Raises:
        Diagnostic: there is no such set, or no such index in it.
    """
    prefix, dot, local = name.rpartition(".")
    context = _context(prefix.lower() if dot else "", given)
    if (context, local.lower()) == ("cql", "resultsetid"):
        raise Diagnostic(RESULT_SETS)
    found = _NAMED.get((context, local.lower()))
    if found is None and not dot:
        found = _NAMED.get(("cql", local.lower()))
    if found is None:
        raise Diagnostic(INDEX, name[:64])
    return found


def _context(prefix: str, given: Mapping[str, str]) -> str:
    if prefix in given:
        for name, uris in _URIS.items():
            if given[prefix] in uris:
                return name
        raise Diagnostic(CONTEXT, given[prefix][:128])
    if not prefix:
        return DEFAULT
    if prefix not in _URIS:
        raise Diagnostic(CONTEXT, prefix[:64])
    return prefix
