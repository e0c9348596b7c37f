"""Descriptions: of the search over everything, and of the search within one Collection (OpenSearch 1.1, 13-026r9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from thalweg.catalogue.api.opensearch.namespaces import (
    ATOM_TYPE,
    DC,
    DESCRIPTION_TYPE,
    EO,
    GEO,
    GEOJSON_TYPE,
    HTML_TYPE,
    OPENSEARCH,
    PARAMETERS,
    THALWEG,
    TIME,
)
from thalweg.catalogue.api.opensearch.parameters import (
    AS_OF,
    EARTH_OBSERVATION,
    GENERAL,
    PARENT,
    PLACE_AND_TIME,
    RELATIONS,
    TYPE,
    EoParameter,
    Parameter,
)
from thalweg.catalogue.records.writers.markup import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from thalweg.guard.markup import Element

_SPACES: dict[str | None, str] = {
    "os": OPENSEARCH,
    "parameters": PARAMETERS,
    "geo": GEO,
    "time": TIME,
    "eo": EO,
    "dc": DC,
    "thalweg": THALWEG,
}
_XML = Markup(_SPACES)
_SHORT, _LONG, _MUCH = 16, 48, 1024
_WHOLE = {"count": "0", "startIndex": "1", "startPage": "1"}


@dataclass(frozen=True, slots=True)
class Described:
    """What is told of one search.

    Attributes:
        name: of the platform, or of the Collection.
        own: the address of the description.
        search: that of the search.
        pages: where people search.
        collection: which; ``None``: all of them.
        values: what the Collection's Items have, by parameter.
        most: how many a page may hold.
    """

    name: str
    description: str
    own: str
    search: str
    pages: str
    most: int
    collection: str | None = None
    contact: str = ""
    values: Mapping[str, tuple[str, ...]] | None = None


def description(told: Described) -> bytes:
    """Return the description."""
    root = _XML.element(
        "os:OpenSearchDescription",
        children=[
            _XML.element("os:ShortName", told.name[:_SHORT].strip()),
            _XML.element("os:Description", (told.description or told.name)[:_MUCH]),
            _XML.element("os:Tags", "earth-observation metadata geospatial"),
            _XML.leaf("os:Contact", told.contact),
            *_urls(told),
            _XML.element("os:LongName", told.name[:_LONG].strip()),
            _XML.element("os:Query", role="example", searchTerms="water", count="10"),
            _XML.element("os:SyndicationRight", "open"),
            _XML.element("os:Language", "*"),
            _XML.element("os:OutputEncoding", "UTF-8"),
            _XML.element("os:InputEncoding", "UTF-8"),
        ],
    )
    # Templates name parameters by these prefixes, which stand in no name of the document.
    etree.cleanup_namespaces(root, top_nsmap=_SPACES, keep_ns_prefixes=list(_SPACES))
    content: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return content


def _urls(told: Described) -> Iterator[Element]:
    # Clients that know one address of each media type take the last.
    for name, kind in (("atom", ATOM_TYPE), ("json", GEOJSON_TYPE)):
        if told.collection is None:
            # The first of the two steps: which Collections there are, each with a description of its own.
            yield _results(told, f"{told.search}?format={name}&type=collection", kind, "collection")
        yield _results(told, f"{told.search}?format={name}", kind, "results")
    yield _XML.element("os:Url", type=HTML_TYPE, rel="results", template=f"{told.pages}&q={{searchTerms}}")
    yield _XML.element("os:Url", type=DESCRIPTION_TYPE, rel="self", template=told.own)


def _results(told: Described, address: str, kind: str, rel: str) -> Element:
    wanted = list(_wanted(told, rel))
    template = "".join((address, *(f"&{one.name}={{{one.wanted}?}}" for one in wanted)))
    children = [_parameter(told, one) for one in wanted]
    return _XML.element(
        "os:Url", children=children, type=kind, rel=rel, template=template, indexOffset="1", pageOffset="1"
    )


def _wanted(told: Described, rel: str) -> Iterator[Parameter]:
    yield from GENERAL
    yield from PLACE_AND_TIME
    yield AS_OF
    if rel == "collection":
        return
    if told.collection is None:
        yield from (TYPE, PARENT)
    yield from EARTH_OBSERVATION


def _parameter(told: Described, one: Parameter) -> Element:
    options: tuple[str, ...] = ()
    if one.name == "relation":
        options = tuple(RELATIONS)
    elif isinstance(one, EoParameter):
        options = (told.values or {}).get(one.name, ())
    return _XML.element(
        "parameters:Parameter",
        children=[_XML.element("parameters:Option", value=value, label=value) for value in options],
        name=one.name,
        value=f"{{{one.wanted}}}",
        title=one.title,
        pattern=one.pattern,
        minInclusive=_WHOLE.get(one.name, ""),
        maxInclusive=str(told.most) if one.name == "count" else "",
    )
