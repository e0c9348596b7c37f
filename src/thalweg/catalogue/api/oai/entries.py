"""One record of OAI-PMH: its header, and its metadata in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thalweg.catalogue.api.fragments import addressed, standing_alone
from thalweg.catalogue.api.oai.documents import element, within
from thalweg.catalogue.api.oai.naming import COLLECTION, TYPE, datestamp, set_of
from thalweg.catalogue.records.changed import type_of
from thalweg.catalogue.records.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.api.oai.naming import Identifiers
    from thalweg.catalogue.api.records.documents import Documents
    from thalweg.catalogue.changes import Change
    from thalweg.catalogue.records.schemas import Schema


def header(change: Change, identifiers: Identifiers) -> bytes:
    """Return the header of an item."""
    return within("header", _told(change, identifiers), status="deleted" if change.gone else None)


def _told(change: Change, identifiers: Identifiers) -> Iterator[str]:
    item = change.item
    yield element("identifier", identifiers.of(item.collection, item.id))
    yield element("datestamp", datestamp(change.at))
    yield element("setSpec", set_of(COLLECTION, item.collection))
    if kind := type_of(item):
        yield element("setSpec", set_of(TYPE, kind))


def record(change: Change, identifiers: Identifiers, documents: Documents, schema: Schema) -> bytes:
    """Return an item in a format; of one that is gone the header alone."""
    if change.gone:
        return within("record", [header(change, identifiers)])
    fragment = schema.fragment(addressed(documents, Entry(change.item)))
    return within("record", [header(change, identifiers), within("metadata", [standing_alone(fragment)])])
