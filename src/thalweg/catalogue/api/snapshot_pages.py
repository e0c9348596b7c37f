"""Snapshots as pages for people: what is cited, how, and what it is of."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.responses import Response

from thalweg.catalogue.api.html import row
from thalweg.catalogue.api.locator import drawing
from thalweg.catalogue.api.records.citing import citation, embedded
from thalweg.catalogue.api.records.forms import NAMES
from thalweg.web.answers import Page
from thalweg.web.asked import Asked
from thalweg.web.forms import Form
from thalweg.web.pages import render

if TYPE_CHECKING:
    from thalweg.catalogue.records.record import Record

Document = Mapping[str, Any]
_SAID = {
    "collections": "Collections",
    "ids": "Items named",
    "datetime": "Time",
    "bbox": "Box",
    "intersects": "Place",
    "filter": "Filter",
    "query": "Query",
    "q": "Words",
}
"""What people call the members of a search."""


def snapshots_page(asked: Asked[Any], listed: Sequence[Document], links: Sequence[Document]) -> Response:
    """Return a page of snapshots."""
    return Page(render("snapshots.html", snapshots=listed, links=links, root=asked.root))


def snapshot_page(
    asked: Asked[Any],
    told: Document,
    record: "Record",
    address: str,
    features: Sequence[Document],
    forms: Sequence[Form],
    *,
    registers: bool,
) -> Response:
    """Return the landing page of a snapshot.

    Args:
        asked: the request.
        told: the snapshot as JSON.
        record: the snapshot as it is cited.
        address: that stays.
        features: the first of its Items, as they were.
        forms: in which it is cited.
        registers: whether there is a registrar of DOIs.
    """
    from thalweg.catalogue.records.writers import schema_org  # noqa: PLC0415 - loads lxml

    page = render(
        "snapshot.html",
        one=told,
        address=address,
        search=[(_SAID.get(name, name), value) for name, value in told["search"].items()],
        cited=citation(record, address),
        embedded=[(name, text) for name, text in embedded(record, address) if text],
        forms=[(NAMES.get(one.name, one.name), f"{address}?f={one.name}") for one in forms],
        items=[row(asked, feature) for feature in features],
        drawing=drawing(feature.get("geometry") for feature in features),
        registers=registers,
        # Nothing in it ends the element around it.
        linked=Markup(schema_org.in_page(schema_org.dataset(record, address))),  # noqa: S704
        root=asked.root,
    )
    return Page(page)


def snapshot_items_page(
    asked: Asked[Any], told: Document, address: str, features: Sequence[Document], links: Sequence[Document]
) -> Response:
    """Return a page of a snapshot's Items."""
    steps = [("The platform", f"{asked.root}/?f=html"), ("Snapshots", f"{asked.root}/snapshots?f=html")]
    page = render(
        "items.html",
        title=f"Items of {told['title']}",
        steps=[*steps, (told["title"], f"{address}?f=html")],
        items=[row(asked, feature) for feature in features],
        links=links,
        matched=told["number"],
        drawing=drawing(feature.get("geometry") for feature in features),
        forms=[("GeoJSON", f"{address}/items")],
        entries=(),
        asked={"as-of": told["as-of"]},
    )
    return Page(page)


def verification_page(asked: Asked[Any], told: Document, address: str, found: Document) -> Response:
    """Return the page that tells whether the checksum is still the same."""
    return Page(render("verification.html", one=told, found=found, address=address, root=asked.root))
