"""What a search found as an Atom feed (12-176r7, 7.3.6; 10-032r8, Table 6)."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from thalweg.catalogue.api.csw.opensearch import DESCRIPTION_TYPE, SPACES, address_of
from thalweg.catalogue.api.csw.showing import filled, fragment
from thalweg.catalogue.records.writers.atom import ATOM
from thalweg.catalogue.records.writers.markup import Markup
from thalweg.core.time import written

if TYPE_CHECKING:
    from thalweg.catalogue.api.csw.requests import GetRecords
    from thalweg.catalogue.api.csw.searching import Found
    from thalweg.guard.markup import Element

_XML = Markup({"atom": ATOM, **SPACES})
_SAID = {"q": "searchTerms", "bbox": "geo__box", "recordids": "geo__uid"}


def feed(asked: GetRecords, found: Found, service: str) -> bytes:
    """Return the feed; it leads to the description of the search of the service at that address."""
    now = written(datetime.now(UTC).replace(microsecond=0))
    root = _XML.element(
        "atom:feed",
        children=[
            _XML.element("atom:id", asked.request_id or f"urn:uuid:{uuid.uuid4()}"),
            _XML.element("atom:title", "Records"),
            _XML.element("atom:updated", now),
            _XML.element("atom:author", children=[_XML.element("atom:name", "Thalweg")]),
            _XML.element("atom:link", rel="search", type=DESCRIPTION_TYPE, href=address_of(service)),
            _XML.element("os:totalResults", str(found.matched)),
            _XML.element("os:startIndex", str(asked.start)),
            _XML.element("os:itemsPerPage", str(len(found.shown))),
            _query(asked),
        ],
    )
    return filled(root, root, [fragment(entry.record(), asked.view) for entry in found.shown])


def _query(asked: GetRecords) -> Element:
    """Return the request as it was understood, each parameter under the name that templates give it."""
    given = dict(asked.pairs)
    said = {wanted: given[name] for name, wanted in _SAID.items() if given.get(name)}
    start, _, end = given.get("time", "").partition("/")
    said |= {name: time for name, time in (("time__start", start), ("time__end", end)) if time}
    if asked.most is not None:
        said["count"] = str(asked.most)
    return _XML.element("os:Query", role="request", startIndex=str(asked.start), **said)
