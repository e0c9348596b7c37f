"""Catalogues, and what is found in them, as pages for people, without script."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from thalweg.catalogue.api.html import AS_OF
from thalweg.catalogue.api.locator import box_geometry, drawing
from thalweg.catalogue.api.pages import joined_with
from thalweg.catalogue.api.records.forms import NAMES, OF_RECORDS
from thalweg.catalogue.api.records.parameters import ALL
from thalweg.catalogue.api.records.refining import Refining
from thalweg.catalogue.api.records.telling import form, label, readable, relation, when
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.entries import Entry as Field
from thalweg.web.forms import HTML
from thalweg.web.pages import render

Document = Mapping[str, Any]
_MOST_BOXES = 50
_WHERE, _WHEN = Field("bbox", "Box", "west,south,east,north"), Field("datetime", "Time", "2024-05/2024-06")
_WORDS, _TYPE = Field("q", "Words", "river,flood"), Field("type", "Type", "dataset,service")
_TRUE = Field("filter", "Filter", "language = 'fr'")
OF_LISTED, OF_SEARCH = (_WORDS, _WHERE, _WHEN, AS_OF), (_WORDS, _TYPE, _WHERE, _WHEN, _TRUE, AS_OF)
"""What a person fills in to find catalogues, and Records of one."""
_TOLD_APART = frozenset(
    ["id", "title", "description", "keywords", "contacts", "extent", "links", "type", "itemType", "conformsTo", "crs"]
)
_NAVIGATION = frozenset({"self", "alternate", "root", "collection", "parent", "profile", "items"})


def catalogues_page(asked: Asked[Any], listed: Sequence[Document], links: Iterable[Document]) -> Response:
    """Return a page of catalogues."""
    page = render(
        "catalogues.html",
        catalogues=listed,
        drawing=drawing(box_geometry(box) for one in listed[:_MOST_BOXES] for box in _boxes(one)[:1]),
        links=list(links),
        entries=OF_LISTED,
        asked=Refining(asked.url).asked,
        root=asked.root,
    )
    return Page(page)


def catalogue_page(asked: Asked[Any], document: Document) -> Response:
    """Return the page of one catalogue, or of a part of it whose Records are links."""
    from thalweg.catalogue.records.writers import schema_org  # noqa: PLC0415 - loads lxml

    boxes, links = _boxes(document), document["links"]
    address = next(str(one["href"]) for rel in ("collection", "self") for one in links if one["rel"] == rel)
    address = address.partition("?")[0]
    title, description = document.get("title") or document["id"], document.get("description") or ""
    page = render(
        "catalogue.html",
        one=document,
        title=title,
        description=description,
        address=address,
        time=_time(document),
        properties=list(_properties(document)),
        links=[
            {**one, "about": relation(str(one["rel"])), "form": form(str(one.get("type") or ""))}
            for one in _followed(document)
            if one["rel"] not in _NAVIGATION
        ],
        entries=OF_SEARCH,
        then=Refining(asked.url).asked.get("as-of"),
        opensearch=_description(asked.root, asked.parameters.catalogue),
        # Nothing in it ends the element around it.
        linked=Markup(schema_org.in_page(schema_org.catalogue(str(title), str(description), address))),  # noqa: S704
        drawing=drawing(box_geometry(box) for box in (boxes[1:_MOST_BOXES] or boxes)),
        root=asked.root,
    )
    return Page(page)


def records_page(
    asked: Asked[Any], features: Sequence[Document], links: Sequence[Document], told: Mapping[str, Any]
) -> Response:
    """Return a page of Records that were found."""
    refining, catalogue = Refining(asked.url), asked.parameters.catalogue
    page = render(
        "records.html",
        title="Everything" if catalogue == ALL else f"Records of {catalogue}",
        catalogue=catalogue,
        records=list(map(_listed, features)),
        links=links,
        matched=told["numberMatched"],
        note=told.get("note"),
        looser=None if features else refining.looser(),
        facets=[refining.facet(name, facet) for name, facet in told["facets"].items()],
        conditions=list(refining.conditions()),
        orders=list(refining.orders()),
        drawing=drawing(one.get("geometry") for one in features),
        forms=[
            (NAMES.get(one.name, one.name), _other(links, one.kind), one.kind) for one in OF_RECORDS if one is not HTML
        ],
        opensearch=_description(asked.root, catalogue),
        entries=OF_SEARCH,
        asked=refining.asked,
        root=asked.root,
    )
    return Page(page)


def facets_page(asked: Asked[Any], document: Document) -> Response:
    """Return the page of a catalogue's facets."""
    listed = [(label(name), name, one["type"]) for name, one in sorted(document["facets"].items())]
    return Page(render("facets.html", one=document, listed=listed, root=asked.root))


def _description(root: str, catalogue: str) -> str:
    """Return where the search within a catalogue is described for browsers."""
    above = f"{root.removesuffix('/records')}/opensearch"
    return above if catalogue == ALL else f"{above}/collections/{quote(catalogue, safe='')}"


def _listed(feature: Document) -> Document:
    """Return what a list tells of a Record."""
    properties = feature["properties"]
    responsible: Document = next((one for one in properties.get("contacts") or () if one.get("organization")), {})
    told = (properties.get("type"), when(feature.get("time")), responsible.get("organization"))
    return {
        "id": feature["id"],
        "title": properties.get("title") or feature["id"],
        "href": joined_with(next(str(one["href"]) for one in feature["links"] if one["rel"] == "self"), "f=html"),
        "description": properties.get("description") or "",
        "told": [str(one) for one in told if one],
    }


def _properties(document: Document) -> Iterator[tuple[str, object]]:
    for name, value in document.items():
        if name == "defaultSortOrder":
            yield "Sorted by", ", ".join(f"{one['field']}, {one['direction']}ending" for one in value)
        elif name not in _TOLD_APART and value is not None:
            yield label(name), readable(value)


def _time(document: Document) -> str:
    """Return the time that a catalogue is about, where it tells one."""
    found = ((document.get("extent") or {}).get("temporal") or {}).get("interval")
    whole = found[0] if isinstance(found, list) and found and isinstance(found[0], list) else ()
    return when({"interval": [end or ".." for end in whole]}) if len(whole) == len(("start", "end")) else ""


def _boxes(document: Document) -> Sequence[Sequence[float]]:
    found = ((document.get("extent") or {}).get("spatial") or {}).get("bbox")
    return [box for box in found if isinstance(box, list) and len(box) in (4, 6)] if isinstance(found, list) else []


def _followed(document: Document) -> list[Document]:
    return [one for one in document["links"] if str(one["href"]).startswith(("http://", "https://"))]


def _other(links: Iterable[Document], kind: str) -> str:
    return next((str(one["href"]) for one in links if one["rel"] == "alternate" and one.get("type") == kind), "")
