"""Documents of strangers read into Records: by what they are, whatever their media type is called."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson

from thalweg.catalogue.records.readers import geojson
from thalweg.core.errors import InvalidParameter, InvalidRequest, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thalweg.catalogue.limits import Limits
    from thalweg.catalogue.records.record import Record

GEOJSON_TYPES = ("application/geo+json", "application/json")
XML_TYPES = (
    "application/xml",
    "text/xml",
    "application/vnd.iso.19139+xml",
    "application/vnd.iso.19115-3+xml",
    "application/gml+xml",
)
_OPENS_XML = b"<"
_MARKS = b"\xef\xbb\xbf \t\r\n"
_COLLECTION = "FeatureCollection"


def records_of(content: bytes, limits: Limits) -> tuple[Record, ...]:
    """Return the Records that a document tells: one, or those of a FeatureCollection.

    Raises:
        InvalidParameter: a member of it is not what its format says.
        InvalidRequest: it is neither XML nor JSON.
    """
    if not content.lstrip(_MARKS).startswith(_OPENS_XML):
        try:
            document = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise InvalidRequest("the document is neither XML nor JSON") from error
        if not isinstance(document, Mapping) or "stac_version" not in document:
            return tuple(of_geojson(document, limits))
    from thalweg.catalogue.records.readers import any as of_any  # noqa: PLC0415 - loads the readers of XML

    return (identified(of_any.read(content), limits),)


def of_geojson(document: object, limits: Limits) -> Iterator[Record]:
    """Yield the Records of a GeoJSON document."""
    if not isinstance(document, Mapping):
        raise InvalidRequest("the document must be a JSON object")
    if document.get("type") != _COLLECTION:
        yield identified(of_feature(document), limits)
        return
    features = document.get("features")
    if not isinstance(features, list):
        raise InvalidParameter("features", "is not an array of Records")
    if len(features) > limits.at_once:
        raise TooLarge(f"At most {limits.at_once} Records are registered at once (limits.at_once)")
    for place, one in enumerate(features):
        try:
            yield identified(of_feature(one), limits)
        except InvalidParameter as error:
            raise error.within(f"features.{place}") from error


def of_feature(document: object) -> Record:
    """Return the Record that a GeoJSON Feature is.

    Raises:
        InvalidParameter: it is none, or a member is not what record-core says.
    """
    if not isinstance(document, Mapping) or document.get("type") != "Feature":
        raise InvalidParameter("type", "is not Feature")
    if "geometry" not in document:
        raise InvalidParameter("geometry", "is required; null where the resource lies nowhere")
    return geojson.record_of(document)


def identified(record: Record, limits: Limits) -> Record:
    """Return a Record with its id, made now where its writer gave none.

    Raises:
        InvalidParameter: the id is too long, or nobody could write it or ask for it.
    """
    if len(record.id) > limits.id:
        raise InvalidParameter("id", f"has more than {limits.id} characters (limits.id)")
    if not record.id.isprintable():
        raise InvalidParameter("id", "holds a character that cannot be printed")
    if record.id in (".", ".."):
        raise InvalidParameter("id", f"is {record.id!r}, which addresses leave out")
    return record if record.id else replace(record, id=str(uuid.uuid4()))
