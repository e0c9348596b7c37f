"""Gaps as an Atom feed (RFC 4287): an Item that is missing is an entry, which never changes its id."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from starlette.responses import Response

from thalweg.catalogue.api.freshness.parameters import ATOM

_ATOM = "http://www.w3.org/2005/Atom"
Json = Mapping[str, Any]


def gap_feed(
    address: str, title: str, gaps: Sequence[Json], links: Iterable[Json], at: str, addresses: Sequence[str]
) -> Response:
    """Return a page of gaps as a feed.

    Args:
        address: of all gaps, the feed's id.
        title: of the feed.
        gaps: as ``documents.gap_document`` writes them.
        links: of this page.
        at: when the feed is told, for one without entries.
        addresses: where each gap is found alone, its id.
    """
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _text(root, "id", address)
    _text(root, "title", title)
    _text(root, "updated", max((one["missing_since"] for one in gaps), default=at))
    _text(etree.SubElement(root, f"{{{_ATOM}}}author"), "name", "Thalweg")
    for one in links:
        kept = {name: str(one[name]) for name in ("rel", "href", "type", "title") if name in one}
        if kept["rel"] in ("self", "next"):
            kept["type"] = ATOM.media_type
        etree.SubElement(root, f"{{{_ATOM}}}link", **kept)
    for gap, alone in zip(gaps, addresses, strict=True):
        _entry(root, gap, alone)
    return Response(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), media_type=ATOM.media_type)


def _entry(root: Any, gap: Json, alone: str) -> None:  # noqa: ANN401 - lxml has no types
    entry = etree.SubElement(root, f"{{{_ATOM}}}entry")
    key = ", ".join(f"{name} {value}" for name, value in gap["key"].items())
    _text(entry, "id", alone)
    _text(entry, "title", f"Missing: {key or 'an Item'}, {gap['expected']}")
    _text(entry, "updated", gap["missing_since"])
    _text(entry, "summary", f"An Item was expected at {gap['expected']} and is missing since {gap['missing_since']}.")
    etree.SubElement(entry, f"{{{_ATOM}}}link", rel="alternate", href=alone, type="application/json")
    for name, value in gap["key"].items():
        etree.SubElement(entry, f"{{{_ATOM}}}category", term=_clean(value), scheme=f"urn:stac:{name}")


def _text(parent: Any, name: str, text: str) -> None:  # noqa: ANN401 - lxml has no types
    etree.SubElement(parent, f"{{{_ATOM}}}{name}").text = _clean(text)


def _clean(text: object) -> str:
    """Return a text without what XML 1.0 cannot say: keys are what writers of Items wrote."""
    return "".join(sign for sign in str(text) if sign in "\t\n\r" or " " <= sign < "\ufffe" or sign > "\uffff")
