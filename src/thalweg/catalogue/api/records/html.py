"""Catalogues and Records as pages for people, without script."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from markupsafe import Markup
from starlette.responses import Response

from thalweg.catalogue.api.locator import box_geometry, drawing
from thalweg.catalogue.api.pages import without
from thalweg.catalogue.api.records.citing import citation, opened_in
from thalweg.catalogue.api.records.forms import NAMES, OF_RECORD, OF_RECORDS
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.entries import Entry as Field
from thalweg.web.forms import HTML
from thalweg.web.pages import render

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record

Document = Mapping[str, Any]
_MOST_BOXES = 50
_WHERE, _WHEN = Field("bbox", "Box", "west,south,east,north"), Field("datetime", "Time", "2024-05, or 2024-05-01/..")
_WORDS, _TYPE = Field("q", "Words", "river,flood"), Field("type", "Type", "dataset,service")
_TRUE = Field("filter", "Filter", "language = 'fr'")
OF_LISTED, OF_SEARCH = (_WORDS, _WHERE, _WHEN), (_WORDS, _TYPE, _WHERE, _WHEN, _TRUE)
"""What a person fills in to find catalogues, and Records of one."""
_SHOWN = frozenset({"title", "description", "type", "keywords", "themes", "contacts", "license", "rights"})
_NAVIGATION = frozenset({"self", "alternate", "root", "collection", "parent", "profile", "canonical"})


def catalogues_page(asked: Asked[Any], listed: Sequence[Document], links: Iterable[Document]) -> Response:
    """Return a page of catalogues."""
    drawn = drawing(box_geometry(box) for one in listed[:_MOST_BOXES] for box in _boxes(one)[:1])
    given = {"catalogues": listed, "drawing": drawn, "links": list(links), "entries": OF_LISTED, "asked": _given(asked)}
    return Page(render("catalogues.html", root=asked.root, **given))


def catalogue_page(asked: Asked[Any], document: Document) -> Response:
    """Return the page of one catalogue."""
    boxes = _boxes(document)
    drawn = drawing(box_geometry(box) for box in (boxes[1:_MOST_BOXES] or boxes))
    return Page(render("catalogue.html", one=document, links=_followed(document), root=asked.root, drawing=drawn))


def records_page(
    asked: Asked[Any], features: Sequence[Document], links: Sequence[Document], told: Mapping[str, Any]
) -> Response:
    """Return a page of Records that were found."""
    page = render(
        "records.html",
        title=_title(asked.parameters.catalogue),
        catalogue=asked.parameters.catalogue,
        records=features,
        links=links,
        matched=told["numberMatched"],
        facets={name: _narrowing(asked, name, facet) for name, facet in (told["facets"] or {}).items()},
        drawing=drawing(one.get("geometry") for one in features),
        forms=[(NAMES.get(one.name, one.name), _other(links, one.kind)) for one in OF_RECORDS if one is not HTML],
        entries=OF_SEARCH,
        asked=_given(asked),
        root=asked.root,
    )
    return Page(page)


def record_page(asked: Asked[Any], record: "Record", document: Document, catalogue: str) -> Response:
    """Return the page of one Record."""
    from thalweg.catalogue.records.writers import schema_org  # noqa: PLC0415 - loads lxml

    properties = document["properties"]
    address = next(str(one["href"]) for one in document["links"] if one["rel"] == "self")
    page = render(
        "record.html",
        one=document,
        title=properties.get("title") or document["id"],
        properties=[(name, _readable(value)) for name, value in properties.items() if _is_told(name, value)],
        links=[one for one in document["links"] if one["rel"] not in _NAVIGATION],
        forms=[(NAMES.get(one.name, one.name), f"{address}?f={one.name}") for one in OF_RECORD if one is not HTML],
        drawing=drawing([document.get("geometry")]),
        cited=citation(record, address),
        opened=opened_in(record, address),
        catalogue=catalogue,
        # Nothing in it ends the element around it.
        linked=Markup(schema_org.in_page(schema_org.dataset(record, address))),  # noqa: S704
        root=asked.root,
    )
    return Page(page)


def facets_page(asked: Asked[Any], document: Document) -> Response:
    """Return the page of a catalogue's facets."""
    return Page(render("facets.html", one=document, root=asked.root))


def _title(catalogue: str) -> str:
    return "Everything" if catalogue == ALL else f"Records of {catalogue}"


def _narrowing(asked: Asked[Any], name: str, facet: Document) -> Document:
    """Return a facet with the addresses that narrow the search to each of its values."""
    begun = without(without(asked.url, "token").rstrip("?&"), name)
    terms = facet["type"] == "term"
    hrefs = [f"{begun}{quote(name)}={quote(one['value'])}" if terms else "" for one in facet["buckets"]]
    return {**facet, "buckets": [{**one, "href": href} for one, href in zip(facet["buckets"], hrefs, strict=True)]}


def _is_told(name: str, value: object) -> bool:
    return value is not None and name not in _SHOWN and not name.startswith("thalweg:")


def _readable(value: object) -> object:
    """Return a value as a person reads it: words and codes beside each other; what is more stays as it is."""
    if isinstance(value, Mapping) and set(value) == {"code"}:
        return value["code"]
    if isinstance(value, Mapping) and all(isinstance(part, str) for part in value.values()):
        return ", ".join(f"{name} {part}" for name, part in value.items())
    if isinstance(value, list):
        parts = [_readable(part) for part in value]
        return ", ".join(map(str, parts)) if all(isinstance(part, str) for part in parts) else value
    return value


def _boxes(document: Document) -> Sequence[Sequence[float]]:
    found = ((document.get("extent") or {}).get("spatial") or {}).get("bbox")
    return [box for box in found if isinstance(box, list) and len(box) in (4, 6)] if isinstance(found, list) else []


def _followed(document: Document) -> list[Document]:
    return [one for one in document["links"] if str(one["href"]).startswith(("http://", "https://"))]


def _other(links: Iterable[Document], kind: str) -> str:
    return next((str(one["href"]) for one in links if one["rel"] == "alternate" and one.get("type") == kind), "")


def _given(asked: Asked[Any]) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.url).query))
