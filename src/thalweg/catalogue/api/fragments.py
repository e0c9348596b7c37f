"""Records as they stand in the documents of other protocols: with their own address, and as they are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from thalweg.catalogue.records.record import Link

if TYPE_CHECKING:
    from thalweg.catalogue.api.records.documents import Documents
    from thalweg.catalogue.records.entries import Entry
    from thalweg.catalogue.records.record import Record

_ROOT = re.compile(rb"\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*)*<([^\s/>:]+)(?=[\s/>])([^>]*)>", re.DOTALL)
_OWN = re.compile(rb"\sxmlns\s*=")
_GEOJSON = "application/geo+json"


def addressed(documents: Documents, entry: Entry) -> Record:
    """Return a Record whose first link is where it stands among Records; its other forms are told of there."""
    told = documents.told(entry)
    own = Link(documents.record_address(entry.catalogue, entry.id), "self", _GEOJSON, "This Record")
    return replace(told, links=(own, *told.links))


def standing_alone(fragment: bytes) -> bytes:
    """Return a document that keeps its namespace where it stands: one of none says so, or it would be of the outer."""
    match = _ROOT.match(fragment)
    if match is None or _OWN.search(match[2]):
        return fragment
    return fragment[: match.end(1)] + b' xmlns=""' + fragment[match.end(1) :]
