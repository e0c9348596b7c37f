"""Collections and Items as pages for people, who browse them without the portal and without script."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from starlette.responses import Response

from thalweg.catalogue.api.locator import box_geometry, drawing
from thalweg.core.queryables import Queryable, Reach
from thalweg.core.time import written
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.entries import Entry
from thalweg.web.pages import render

_FORMS = {"GeoJSON": "json", "CSV": "csv", "FlatGeobuf": "fgb", "GeoParquet": "parquet", "lines of JSON": "ndjson"}
_MOST_BOXES = 50
_REACHES = {Reach.SEEN: "no", Reach.KEPT: "kept beside the Item", Reach.INDEXED: "yes"}
_LATELY = timedelta(days=7)
"""So far back a Collection's page leads to what changed."""
_FRACTION = re.compile(r"\.\d+")
_RASTERS = ("image/tiff", "image/jp2", "image/vnd.stac.geotiff")
Document = Mapping[str, Any]
_WHEN = Entry("datetime", "Time", "2024-05/2024-06")
_WHERE = Entry("bbox", "Box", "west,south,east,north")
_TRUE, _WORDS = Entry("filter", "Filter", '"eo:cloud_cover" < 20'), Entry("q", "Words")
AS_OF = Entry("as-of", "As of", "2024-05-03")
OF_COLLECTIONS, OF_ITEMS = (_WORDS, _WHERE, _WHEN, AS_OF), (_WHEN, _WHERE, _TRUE, _WORDS, AS_OF)
OF_SEARCH = (*OF_ITEMS, Entry("collections", "Collections"))
"""What a person fills in to find Collections, Items of one, and Items of all."""


def collections_page(asked: Asked[Any], collections: Sequence[Document], links: Sequence[Document]) -> Response:
    """Return a page of Collections."""
    boxes = (box_geometry(box) for one in collections[:_MOST_BOXES] for box in _boxes(one)[:1])
    drawn = drawing(boxes)
    page = render(
        "collections.html",
        collections=collections,
        links=_shown(links),
        root=asked.root,
        drawing=drawn,
        entries=OF_COLLECTIONS,
        asked=_given(asked),
    )
    return Page(page)


def collection_page(
    asked: Asked[Any], collection: Document, address: str, at: datetime | None = None, *, changes: bool = False
) -> Response:
    """Return the page of one Collection, as it is or as it was; ``changes`` tells that two times can be compared."""
    boxes = _boxes(collection)
    page = render(
        "collection.html",
        one=collection,
        address=address,
        root=asked.root,
        drawing=drawing(box_geometry(box) for box in (boxes[1:_MOST_BOXES] or boxes)),
        then=None if at is None else written(at),
        lately=written(datetime.now(UTC).replace(microsecond=0) - _LATELY) if changes else None,
    )
    return Page(page)


def items_page(
    asked: Asked[Any],
    title: str,
    features: Sequence[Document],
    links: Sequence[Document],
    matched: int | None,
    note: str | None = None,
) -> Response:
    """Return a page of Items: those of one Collection, or what a search found."""
    given = _given(asked)
    steps = [("The platform", f"{asked.root}/?f=html"), ("Collections", f"{asked.root}/collections?f=html")]
    above = [str(link["href"]) for link in links if link["rel"] == "collection"]
    steps += [(title, _for_people(f"{href}?as-of={given['as-of']}" if "as-of" in given else href)) for href in above]
    page = render(
        "items.html",
        title=title,
        steps=steps,
        items=[row(asked, feature) for feature in features],
        links=_shown(links),
        matched=matched,
        note=note,
        drawing=drawing(feature.get("geometry") for feature in features),
        forms=[(name, _in_form(asked.url, form)) for name, form in _FORMS.items()],
        entries=OF_SEARCH if not steps[2:] else OF_ITEMS,
        asked=given,
    )
    return Page(page)


def item_page(asked: Asked[Any], feature: Document, states: Document | None = None) -> Response:
    """Return the page of one Item, with how its assets were found by key, where anybody looks."""
    page = render(
        "item.html",
        one=row(asked, feature),
        feature=feature,
        address=_link(feature, "self"),
        now=_link(feature, "original"),
        then=_given(asked).get("as-of"),
        states=states,
        collection=feature["collection"],
        collection_address=_link(feature, "collection"),
        properties=_read_by_people(feature),
        preview=_picture(asked, feature, "preview"),
        drawing=drawing([feature.get("geometry")]),
        base=asked.base,
        root=asked.root,
    )
    return Page(page)


def queryables_page(asked: Asked[Any], title: str, listed: Sequence[Queryable]) -> Response:
    """Return what can be asked for as a table."""
    rows = [(one.name, one.kind, _values(one), _REACHES[one.reach]) for one in listed]
    return Page(render("queryables.html", title=title, rows=rows, root=asked.root))


def links_page(asked: Asked[Any], title: str, description: str, links: Sequence[Document]) -> Response:
    """Return what is below as a list of links, each to a page for people."""
    below = [(_name_of(link), _for_people(str(link["href"]))) for link in links if link["rel"] in ("child", "item")]
    shown = {"title": title, "description": description, "below": below, "links": links, "root": asked.root}
    return Page(render("links.html", **shown))


def _values(queryable: Queryable) -> str:
    if queryable.values:
        return ", ".join(map(str, queryable.values))
    ends = [end for end in (queryable.least, queryable.greatest) if end is not None]
    return " – ".join(str(end) for end in dict.fromkeys(ends))


def _name_of(link: Document) -> str:
    return str(link.get("title") or unquote(str(link["href"]).rpartition("/")[2]))


def _for_people(href: str) -> str:
    return f"{href}{'&' if '?' in href else '?'}f=html"


def _boxes(collection: Document) -> Sequence[Sequence[float]]:
    """Return the boxes of an extent; none where it has none, for nobody checked the Collections of others."""
    found = ((collection.get("extent") or {}).get("spatial") or {}).get("bbox")
    return [box for box in found if isinstance(box, list) and len(box) in (4, 6)] if isinstance(found, list) else []


def _picture(asked: Asked[Any], feature: Document, rel: str) -> str | None:
    """Return where a picture of an Item is drawn: here, and of a raster that is here."""
    ours = f"{asked.base}/"
    here = any(
        str(asset.get("href")).startswith(ours) and str(asset.get("type")).startswith(_RASTERS)
        for asset in feature["assets"].values()
    )
    href = _link(feature, rel) if here else None
    return href if href is not None and href.startswith(ours) else None


def _read_by_people(feature: Document) -> list[tuple[str, Any]]:
    """Return the properties that say something and are not shown elsewhere or kept by the platform for itself."""
    shown = ("title", "description")
    given = feature["properties"].items()
    return [(name, value) for name, value in given if value is not None and name not in shown and not _own(name)]


def _own(name: str) -> bool:
    return name.startswith("thalweg:")


def row(asked: Asked[Any], feature: Document) -> dict[str, Any]:
    """Return an Item as a line of a list."""
    properties, cloud = feature["properties"], feature["properties"].get("eo:cloud_cover")
    return {
        "id": feature["id"],
        "title": properties.get("title") or feature["id"],
        "time": _time(properties),
        "cloud": f"{cloud:.3g}" if isinstance(cloud, int | float) else None,
        "picture": _picture(asked, feature, "thumbnail"),
        "address": _for_people(_link(feature, "self") or ""),
    }


def _time(properties: Document) -> str:
    if properties.get("thalweg:date_known") is False:
        return "date unknown"
    at = properties.get("datetime")
    if at:
        return _read_time(at)
    return f"{_read_time(properties.get('start_datetime'))} – {_read_time(properties.get('end_datetime'))}"


def _read_time(written: object) -> str:
    """Return a time to the second, its day and its hour apart."""
    return _FRACTION.sub("", str(written)).replace("T", " ")


def _link(feature: Document, rel: str) -> str | None:
    """Return where the first link of a relation leads; only of those that a page may follow."""
    found = (str(link["href"]) for link in feature["links"] if link.get("rel") == rel)
    return next((href for href in found if href.startswith(("http://", "https://"))), None)


def _shown(links: Iterable[Document]) -> list[Document]:
    return [link for link in links if str(link["href"]).startswith(("http://", "https://"))]


def _given(asked: Asked[Any]) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(asked.url).query))


def _in_form(url: str, form: str) -> str:
    split = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(split.query) if name not in ("f", "token")]
    return urlunsplit(split._replace(query=urlencode([*kept, ("f", form)])))
