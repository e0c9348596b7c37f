"""Two times compared, as a page for people: what came, what changed and what went, on a map and in a list."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.responses import Response

from thalweg.catalogue.api.html import row
from thalweg.catalogue.api.locator import drawing, layer
from thalweg.core.time import written
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.entries import Entry
from thalweg.web.pages import render

Document = Mapping[str, Any]
OF_CHANGES = (
    Entry("from", "From", "2024-05-01"),
    Entry("to", "To", "now"),
    Entry("collections", "Collections"),
    Entry("datetime", "Time", "2024-05/2024-06"),
    Entry("bbox", "Box", "west,south,east,north"),
    Entry("filter", "Filter", '"eo:cloud_cover" < 20'),
    Entry("q", "Words"),
)
"""What a person fills in to compare two times."""
_KINDS = ("went", "changed", "came")


def changes_page(
    asked: Asked[Any], features: Sequence[Document], links: Sequence[Document], start: datetime, end: datetime
) -> Response:
    """Return a page of what is different between two times."""
    drawn = drawing(feature.get("geometry") for feature in features)
    page = render(
        "changes.html",
        start=written(start),
        end=written(end),
        items=[_line(asked, feature) for feature in features],
        links=links,
        drawing=drawn,
        layers=[(kind, layer(_of(features, kind), drawn)) for kind in _KINDS] if drawn else [],
        entries=OF_CHANGES,
        asked=dict(parse_qsl(urlsplit(asked.url).query)),
        root=asked.root,
    )
    return Page(page)


def _of(features: Sequence[Document], kind: str) -> list[Document | None]:
    return [feature.get("geometry") for feature in features if feature["change"]["kind"] == kind]


def _line(asked: Asked[Any], feature: Document) -> dict[str, Any]:
    change, line = feature["change"], row(asked, feature)
    now = next((str(one["href"]) for one in feature["links"] if one["rel"] == "original"), "")
    before = f"{now}?version={change['before']}&f=html" if change["kind"] == "changed" else ""
    return {**line, "kind": change["kind"], "before": before, "collection": feature["collection"]}
