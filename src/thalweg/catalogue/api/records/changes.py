"""Records created, replaced, changed and removed over HTTP; harvested one by one (Part 3, in draft)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from thalweg.catalogue.api.classes import CREATE_REPLACE_DELETE, LOCKING, UPDATE
from thalweg.catalogue.api.records.parameters import ALL, OneCatalogue, OneRecord
from thalweg.catalogue.api.records.reading import ONE
from thalweg.catalogue.api.records.searching import TAG
from thalweg.catalogue.api.records.serving import RecordServing
from thalweg.catalogue.api.serving import CHANGED, expected, shows_change, unshown
from thalweg.catalogue.documents import merged
from thalweg.catalogue.records.entries import Entry
from thalweg.catalogue.records.receiving import GEOJSON_TYPES, XML_TYPES, of_feature, of_geojson, records_of
from thalweg.catalogue.records.record import Record
from thalweg.catalogue.records.visibility import is_of_records
from thalweg.catalogue.records.writers.geojson import document_of
from thalweg.core.errors import InvalidParameter, InvalidRequest
from thalweg.core.items import Item
from thalweg.web.answers import GeoJson
from thalweg.web.asked import Asked
from thalweg.web.forms import GEOJSON
from thalweg.web.pool import in_pool
from thalweg.web.routes import Body, delete, patch, post, put

_LISTED = "/collections/{catalogue}/items"
_CHANGING = (CREATE_REPLACE_DELETE, LOCKING)
_PATCHES = ("application/merge-patch+json", *GEOJSON_TYPES)
_CREATED = 201


class Changes:
    """Changes Records; each change keeps what was there as an earlier version."""

    def __init__(self, serving: RecordServing) -> None:
        self._serving = serving

    @post(
        _LISTED,
        body=Body.DOCUMENT,
        media=GEOJSON_TYPES,
        forms=(GEOJSON,),
        status=_CREATED,
        conforms=_CHANGING,
        tag=TAG,
    )
    async def register(self, asked: Asked[OneCatalogue]) -> Response:
        """Register a Record, or all Records of a FeatureCollection or none."""
        await self._check_takes(asked)
        document = self._serving.documents(asked).localised(asked.document)
        return await self._registered(asked, tuple(of_geojson(document, self._serving.limits)))

    @post(
        _LISTED,
        body=Body.BYTES,
        media=XML_TYPES,
        forms=(GEOJSON,),
        status=_CREATED,
        conforms=_CHANGING,
        tag=TAG,
    )
    async def register_xml(self, asked: Asked[OneCatalogue]) -> Response:
        """Register a Record given as XML, which is kept to the byte."""
        await self._check_takes(asked)
        return await self._registered(asked, await self._sent(asked))

    @put(
        ONE,
        body=Body.DOCUMENT,
        media=GEOJSON_TYPES,
        forms=(GEOJSON,),
        conforms=_CHANGING,
        tag=TAG,
        status=204,
        answers=CHANGED,
    )
    async def replace(self, asked: Asked[OneRecord]) -> Response:
        """Put a Record in the place of another."""
        await self._check_takes(asked)
        return await self._replaced(asked, of_feature(self._serving.documents(asked).localised(asked.document)))

    @put(
        ONE,
        body=Body.BYTES,
        media=XML_TYPES,
        forms=(GEOJSON,),
        conforms=_CHANGING,
        tag=TAG,
        status=204,
        answers=CHANGED,
    )
    async def replace_by_xml(self, asked: Asked[OneRecord]) -> Response:
        """Put a Record given as XML in the place of another."""
        await self._check_takes(asked)
        (record,) = await self._sent(asked)
        return await self._replaced(asked, record)

    @patch(
        ONE,
        body=Body.DOCUMENT,
        media=_PATCHES,
        forms=(GEOJSON,),
        conforms=(UPDATE, LOCKING),
        tag=TAG,
        status=204,
        answers=CHANGED,
    )
    async def change(self, asked: Asked[OneRecord]) -> Response:
        """Change a Record by a JSON merge patch."""
        await self._check_takes(asked)
        if not isinstance(asked.document, Mapping):
            raise InvalidRequest("the body must be a JSON object")
        now = await self._serving.read(self._entry, asked)
        patched = merged(document_of(now.record()), self._serving.documents(asked).localised(asked.document))
        return await self._replaced(asked, of_feature(patched), None if _is_conditional(asked) else now.item.version)

    @delete(ONE, status=204, forms=(), conforms=_CHANGING, tag=TAG)
    async def remove(self, asked: Asked[OneRecord]) -> Response:
        """Remove a Record."""
        given = asked.parameters
        await self._check_takes(asked)
        version = await self._serving.read(expected, asked, lambda: self._now(asked))
        await in_pool(self._serving.records.remove, given.record, given.catalogue, asked.who, version)
        return Response(status_code=204)

    async def _check_takes(self, asked: Asked[Any]) -> None:
        await self._serving.read(check_takes, self._serving, asked)

    async def _sent(self, asked: Asked[Any]) -> tuple[Record, ...]:
        content = b"".join([chunk async for chunk in asked.stream()])
        return await in_pool(records_of, content, self._serving.limits)

    async def _registered(self, asked: Asked[OneCatalogue], read: tuple[Record, ...]) -> Response:
        found = await in_pool(self._serving.records.register, read, asked.parameters.catalogue, asked.who)
        if len(found) == 1:
            return self._answer(found[0], asked, _CREATED)
        documents = self._serving.documents(asked)
        features = [documents.record(one, one.catalogue) for one in found]
        return GeoJson({"type": "FeatureCollection", "features": features, "links": []}, _CREATED)

    async def _replaced(self, asked: Asked[OneRecord], record: Record, version: int | None = None) -> Response:
        given = asked.parameters
        if record.id not in ("", given.record):
            raise InvalidParameter("id", "is not that of the address")
        wanted = await self._serving.read(expected, asked, lambda: self._now(asked))
        named, change = replace(record, id=given.record), self._serving.records.replace
        changed = await in_pool(change, named, given.catalogue, asked.who, version if wanted is None else wanted)
        return self._answer(changed, asked) if shows_change(asked) else unshown(changed.item)

    def _entry(self, asked: Asked[OneRecord]) -> Entry:
        return self._serving.entry(asked, asked.parameters.catalogue, asked.parameters.record)

    def _now(self, asked: Asked[OneRecord]) -> Item:
        return self._entry(asked).item

    def _answer(self, entry: Entry, asked: Asked[Any], status: int = 200) -> GeoJson:
        documents, headers = self._serving.documents(asked), {"etag": entry.item.etag}
        if status == _CREATED:
            headers["location"] = documents.record_address(entry.catalogue, entry.id)
        return GeoJson(documents.record(entry, entry.catalogue), status, headers)


def check_takes(serving: RecordServing, asked: Asked[Any]) -> None:
    """Return quietly where a catalogue takes Records.

    Raises:
        NotFound: there is none that the caller may see.
        InvalidParameter: it is that of everything, or holds Items.
    """
    name = asked.parameters.catalogue
    found = serving.catalogue(asked, name)
    if found is None:
        raise InvalidParameter("catalogue", f"{ALL} shows the Records of all others: name the one that takes them")
    if not is_of_records(found.visibility_class):
        raise InvalidParameter("catalogue", "holds Items, which are changed by the STAC API")


def _is_conditional(asked: Asked[Any]) -> bool:
    return "if-match" in asked.headers
