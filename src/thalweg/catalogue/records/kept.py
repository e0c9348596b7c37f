"""A Record as the store of Items keeps it, and back."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import orjson

from thalweg.catalogue.documents import stored
from thalweg.catalogue.footprints import footprint_of
from thalweg.catalogue.ports import NewItem
from thalweg.catalogue.records.readers import geojson, stac
from thalweg.catalogue.records.record import Given, Record
from thalweg.catalogue.records.visibility import class_of_records, is_of_records
from thalweg.catalogue.records.writers.dublin_core import date_of
from thalweg.catalogue.records.writers.geojson import document_of
from thalweg.catalogue.times import times_of
from thalweg.catalogue.words import MORE
from thalweg.core.errors import InvalidParameter
from thalweg.core.time import instant, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.records.record import ExternalId, Span
    from thalweg.core.items import Item

_FIRST, _LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
_DAY = len("2000-01-01")
EXTERNAL_KEYS, LANGUAGE, ORGANIZATION = "thalweg:external_keys", "thalweg:language", "thalweg:organization"
DATE = "thalweg:date"
"""Properties of a kept Record that are within others, once more: filters, orders and facets see into no object."""
_FLAT = frozenset({EXTERNAL_KEYS, LANGUAGE, ORGANIZATION, DATE, MORE})
_TIMES = ("datetime", "start_datetime", "end_datetime")


def kept(record: Record, catalogue: str, visibility_class: str, limits: Limits, now: datetime) -> NewItem:
    """Return a Record as the store takes it.

    Args:
        record: as it was read or made.
        catalogue: the Collection of Records that it belongs to.
        visibility_class: of the workspace, as Items there carry it.
        limits: bounds of the document and its geometry.
        now: when it is registered; a Record that is about no time is found by when it changed.

    Raises:
        InvalidParameter: a time cannot be read, or the geometry is none.
        TooLarge: a bound was hit.
    """
    document = document_of(record)
    document["collection"] = catalogue
    document["properties"] |= _times(record.span, record.updated or now)
    document["properties"] |= _flat(record)
    if record.given is not None:
        document["given"] = _given(record.given)
    geometry = document["geometry"]
    footprint = None if geometry is None else footprint_of(geometry, document["bbox"], limits.positions)
    body = stored(document, document["links"], limits.document)
    times = times_of(document["properties"])
    return NewItem(catalogue, record.id, body, times, footprint, class_of_records(visibility_class), document)


def record_of(item: Item, document: Mapping[str, Any] | None = None) -> Record:
    """Return the Record that an entry of the store is, an Item or a kept Record.

    Args:
        item: the entry.
        document: its document, where it was parsed already.
    """
    document = orjson.loads(item.body) if document is None else document
    if not is_of_records(item.visibility_class):
        return stac.of_item(document)
    properties = {name: value for name, value in document["properties"].items() if name not in _FLAT}
    given = document.get("given")
    return geojson.record_of({**document, "properties": properties}, None if given is None else _given_of(given))


def _flat(record: Record) -> dict[str, Any]:
    organization = next((one.organization for one in record.contacts if one.organization and not one.of_record), "")
    flat = {
        EXTERNAL_KEYS: _keys(record.external_ids),
        LANGUAGE: record.language,
        DATE: date_of(record),
        ORGANIZATION: organization or next((one.organization for one in record.contacts if one.organization), ""),
        MORE: list(dict.fromkeys(_more_words(record))),
    }
    return {name: value for name, value in flat.items() if value}


def _more_words(record: Record) -> Iterator[str]:
    """Yield what else a Record is found by: the concepts of vocabularies, and who answers for the resource."""
    for concept in (concept for theme in record.themes for concept in theme.concepts):
        if said := concept.title or ("" if "://" in concept.id else concept.id):
            yield said
    for contact in record.contacts:
        yield from (said for said in (contact.organization, contact.name) if said and not contact.of_record)


def _keys(external_ids: Iterable[ExternalId]) -> list[str]:
    keys = (
        (one.value, one.scheme, f"{one.scheme}:{one.value}") if one.scheme else (one.value,) for one in external_ids
    )
    return list(dict.fromkeys(key for several in keys for key in several))


def _times(span: Span | None, changed: datetime) -> dict[str, str]:
    if span is None:
        return {"datetime": written(changed)}
    start = _FIRST if span.start == ".." else _moment(span.start, time.min)
    end = _LAST if span.end == ".." else _moment(span.end, time.max)
    return {"datetime": start} if start == end else {"datetime": start, "start_datetime": start, "end_datetime": end}


def _moment(text: str, of_day: time) -> str:
    if len(text) != _DAY:
        return written(instant(text, "time"))
    try:
        day = datetime.fromisoformat(text).date()
    except ValueError as error:
        raise InvalidParameter("time", f"{text!r} is no day") from error
    return written(datetime.combine(day, of_day, UTC).replace(microsecond=of_day.microsecond // 1000 * 1000))


def _given(given: Given) -> dict[str, str]:
    """Return the document with its bytes: as text where they are UTF-8, which searches in logs and copies read."""
    told = {"mediaType": given.media_type, "schema": given.schema}
    try:
        return {**told, "text": given.content.decode("utf-8")}
    except UnicodeDecodeError:
        return {**told, "base64": base64.b64encode(given.content).decode("ascii")}


def _given_of(told: dict[str, str]) -> Given:
    try:
        content = base64.b64decode(told["base64"], validate=True) if "base64" in told else told["text"].encode("utf-8")
    except binascii.Error as error:
        raise InvalidParameter("given.base64", "is not base64") from error
    return Given(told["mediaType"], told["schema"], content)
