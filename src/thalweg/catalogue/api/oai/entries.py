"""One record of OAI-PMH: its header, and its metadata in the format that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.api.fragments import addressed, standing_alone
from thalweg.catalogue.api.oai.documents import spelled, within
from thalweg.catalogue.api.oai.naming import COLLECTION, TYPE, datestamp, set_of
from thalweg.catalogue.records.changed import type_of
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.writers.dublin_core import OAI_DC
from thalweg.catalogue.records.writers.kept_core import oai_dc

if TYPE_CHECKING:
    from collections.abc import Mapping

    from thalweg.catalogue.api.oai.naming import Identifiers
    from thalweg.catalogue.api.records.documents import Documents
    from thalweg.catalogue.changes import Change
    from thalweg.catalogue.records.schemas import Schema

_DELETED = ' status="deleted"'


def header(change: Change, identifiers: Identifiers, document: Mapping[str, Any] | None = None) -> bytes:
    """Return the header of an item; ``document`` is its document where it was parsed already."""
    item, kind = change.item, type_of(change.item, document)
    of_type = f"<setSpec>{spelled(set_of(TYPE, kind))}</setSpec>" if kind else ""
    return (
        f"<header{_DELETED if change.gone else ''}>"
        f"<identifier>{spelled(identifiers.of(item.collection, item.id))}</identifier>"
        f"<datestamp>{datestamp(change.at)}</datestamp>"
        f"<setSpec>{spelled(set_of(COLLECTION, item.collection))}</setSpec>{of_type}</header>"
    ).encode()


def record(change: Change, identifiers: Identifiers, documents: Documents, schema: Schema) -> bytes:
    """Return an item in a format; of one that is gone the header alone."""
    if change.gone:
        return within("record", [header(change, identifiers)])
    document = orjson.loads(change.item.body)
    entry = Entry(change.item, document)
    fragment = _at_once(entry, document, documents) if schema.uri == OAI_DC else None
    if fragment is None:
        fragment = standing_alone(schema.fragment(addressed(documents, entry)))
    told = header(change, identifiers, document)
    return b"".join((b"<record>", told, b"<metadata>", fragment, b"</metadata></record>"))


def _at_once(entry: Entry, document: Mapping[str, Any], documents: Documents) -> bytes | None:
    """Return the Dublin Core of a kept Record that was not given as such; nothing of anything else."""
    if entry.is_item or document.get("given", {}).get("schema") == OAI_DC:
        return None
    own = documents.record_address(entry.catalogue, entry.id)
    relations = (own, *(documents.absolute(link.get("href", "")) for link in document["links"]))
    return oai_dc(document, relations, documents.licensed)
